import { fence } from '../../model/fence.ts';
import { type TierOrSystem, type TierPolicy, tierOf } from '../../model/tier.ts';
import { fold, folded, table } from '../output/table.ts';
import { cores, count } from '../output/words.ts';

/** A PriorityClass and what the pods that have it would get. */
export interface ClassSummary {
  readonly name: string;
  readonly value: number;
  /** Pods that name no class get it. */
  readonly isGlobalDefault: boolean;
  /** Of its pods, outside the system namespaces. */
  readonly tier: TierOrSystem;
  readonly reason: string;
  /** In a system namespace, where that is another one. */
  readonly tierInSystemNamespaces: TierOrSystem | null;
  /** That exist now. */
  readonly pods: number;
  readonly requestMilli: number;
  /** CPUs that its Critical pods would have for themselves, in whole cores of each node. */
  readonly fencedCpus: number;
}

/** All classes of a cluster, the highest first, and what is in none of them. */
export interface ClassesSummary {
  readonly classes: readonly ClassSummary[];
  readonly withoutClass: { readonly pods: number; readonly requestMilli: number };
  /** Of all Critical pods together: several classes on a node share whole cores. */
  readonly fencedCpus: number;
  readonly systemNamespaces: readonly string[];
  /** Others, in which pods have one of the cluster's own classes, and so are High. */
  readonly namespacesMadeHigh: readonly string[];
}

/** A pod, as far as its class is concerned. */
export interface ClassPod {
  readonly namespace: string;
  readonly className: string;
  readonly tier: TierOrSystem;
  readonly node: string;
  readonly requestMilli: number;
}

export interface PriorityClass {
  readonly name: string;
  readonly value: number;
  readonly isGlobalDefault: boolean;
}

/** Pure: the classes with what their pods add up to. */
export function summarise(
  classes: readonly PriorityClass[],
  pods: readonly ClassPod[],
  policy: TierPolicy,
  threads: number,
): ClassesSummary {
  const byClass = Map.groupBy(pods, ({ className }) => className);
  const none = byClass.get('') ?? [];
  const summaries = summariesOf(classes, byClass, policy, threads);
  const ofSystem = new Set(summaries.filter((one) => one.tierInSystemNamespaces === 'system').map(({ name }) => name));
  const madeHigh = pods.filter(({ className, tier }) => tier === 'high' && ofSystem.has(className));
  return {
    classes: summaries,
    withoutClass: { pods: none.length, requestMilli: requested(none) },
    fencedCpus: fencedCpus(pods, threads),
    systemNamespaces: [...policy.systemNamespaces].sort(),
    namespacesMadeHigh: [...new Set(madeHigh.map(({ namespace }) => namespace))].sort(),
  };
}

function summariesOf(
  classes: readonly PriorityClass[],
  byClass: ReadonlyMap<string, readonly ClassPod[]>,
  policy: TierPolicy,
  threads: number,
): ClassSummary[] {
  return classes
    .toSorted((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1))
    .map(({ name, value, isGlobalDefault }) => {
      const own = byClass.get(name) ?? [];
      const decide = (namespace: string) =>
        tierOf({ namespace, priority: value, priorityClassName: name, qos: 'Burstable', isStatic: false }, policy);
      const { tier, reason } = decide('');
      const inSystem = decide([...policy.systemNamespaces][0] ?? '').tier;
      return {
        name,
        value,
        isGlobalDefault,
        tier,
        reason,
        tierInSystemNamespaces: inSystem === tier ? null : inSystem,
        pods: own.length,
        requestMilli: requested(own),
        fencedCpus: fencedCpus(own, threads),
      };
    });
}

/** The classes for people, in lines of `width` characters. */
export function classesText(summary: ClassesSummary, threads: number, width: number): string {
  const { classes, withoutClass, systemNamespaces, namespacesMadeHigh } = summary;
  const rows = classes.flatMap(({ name, value, isGlobalDefault, tier, tierInSystemNamespaces, ...rest }) => {
    const shown = isGlobalDefault ? `${name} (default)` : name;
    const mark = tierInSystemNamespaces === null ? tier : `${tier} *`;
    const amounts = [String(rest.pods), cores(rest.requestMilli), String(rest.fencedCpus)];
    return folded([shown, String(value), mark, ...amounts], 0, width - OTHER_COLUMNS);
  });
  const starred = classes.find(({ tierInSystemNamespaces }) => tierInSystemNamespaces !== null);
  const notes = [
    starred && `* ${starred.tierInSystemNamespaces} in the namespaces ${systemNamespaces.join(', ')}`,
    namespacesMadeHigh.length > 0
      ? `Pods of these classes in ${namespacesMadeHigh.join(', ')} are high, so their nodes enforce. As system namespaces (tiers.systemNamespaces of the chart) they would not be.`
      : undefined,
    `CORES are those requested. FENCED are CPUs that Critical pods would have for themselves, in whole cores of each node of ${count(threads, 'hardware thread')} (--threads-per-core): ${summary.fencedCpus} in all.`,
    `${count(withoutClass.pods, 'pod')} without a class, ${cores(withoutClass.requestMilli)} cores: normal, or background where BestEffort.`,
    'By the default thresholds.',
  ].filter((note) => note !== undefined);
  const noteLines = notes.flatMap((note) => fold(note, width)).map((line) => `${line}\n`);
  return `${table(COLUMNS, rows)}${noteLines.join('')}`;
}

const COLUMNS = [
  { title: 'PRIORITYCLASS' },
  { title: 'VALUE', align: 'right' },
  { title: 'TIER' },
  { title: 'PODS', align: 'right' },
  { title: 'CORES', align: 'right' },
  { title: 'FENCED', align: 'right' },
] as const;

/** What the columns after the first take at most, with their gaps. */
const OTHER_COLUMNS = 50;

function requested(pods: readonly ClassPod[]): number {
  return pods.reduce((sum, { requestMilli }) => sum + requestMilli, 0);
}

function fencedCpus(pods: readonly ClassPod[], threads: number): number {
  const critical = pods.filter(({ tier, node }) => tier === 'critical' && node !== '');
  let fenced = 0;
  for (const onNode of Map.groupBy(critical, ({ node }) => node).values()) {
    const milli = onNode.reduce((sum, { requestMilli }) => sum + requestMilli, 0);
    fenced += fence({ cpus: 0, threads, reserve: 1 }, milli).needed;
  }
  return fenced;
}
