import { fence } from '../../model/fence.ts';
import { type TierOrSystem, type TierPolicy, tierOf } from '../../model/tier.ts';
import { table } from '../output/table.ts';
import { cores } from '../output/words.ts';

/** A PriorityClass and what the pods that have it would get. */
export interface ClassSummary {
  readonly name: string;
  readonly value: number;
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

/** A pod, as far as its class is concerned. */
export interface ClassPod {
  readonly className: string;
  readonly tier: TierOrSystem;
  readonly node: string;
  readonly requestMilli: number;
}

export interface PriorityClass {
  readonly name: string;
  readonly value: number;
}

/** Pure: the classes with what their pods add up to. */
export function summarise(
  classes: readonly PriorityClass[],
  pods: readonly ClassPod[],
  policy: TierPolicy,
  threads: number,
): ClassSummary[] {
  const byClass = Map.groupBy(pods, ({ className }) => className);
  return classes
    .toSorted((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1))
    .map(({ name, value }) => {
      const own = byClass.get(name) ?? [];
      const decide = (namespace: string) =>
        tierOf({ namespace, priority: value, priorityClassName: name, qos: 'Burstable', isStatic: false }, policy);
      const { tier, reason } = decide('');
      const inSystem = decide([...policy.systemNamespaces][0] ?? '').tier;
      return {
        name,
        value,
        tier,
        reason,
        tierInSystemNamespaces: inSystem === tier ? null : inSystem,
        pods: own.length,
        requestMilli: own.reduce((sum, { requestMilli }) => sum + requestMilli, 0),
        fencedCpus: fencedCpus(own, threads),
      };
    });
}

/** The classes for people. */
export function classesText(classes: readonly ClassSummary[], threads: number): string {
  const rows = classes.map(({ name, value, tier, tierInSystemNamespaces, pods, requestMilli, fencedCpus: fenced }) => [
    name,
    String(value),
    tierInSystemNamespaces === null ? tier : `${tier}; ${tierInSystemNamespaces} in system namespaces`,
    String(pods),
    cores(requestMilli),
    String(fenced),
  ]);
  const note = `fenced: in whole cores of each node, ${threads} hardware ${threads === 1 ? 'thread' : 'threads'} a core (--threads-per-core)`;
  return `${table(COLUMNS, rows)}${note}\n`;
}

const COLUMNS = [
  { title: 'PRIORITYCLASS' },
  { title: 'VALUE', align: 'right' },
  { title: 'TIER' },
  { title: 'PODS', align: 'right' },
  { title: 'CORES REQUESTED', align: 'right' },
  { title: 'CPUS FENCED', align: 'right' },
] as const;

function fencedCpus(pods: readonly ClassPod[], threads: number): number {
  const critical = pods.filter(({ tier, node }) => tier === 'critical' && node !== '');
  let fenced = 0;
  for (const onNode of Map.groupBy(critical, ({ node }) => node).values()) {
    const milli = onNode.reduce((sum, { requestMilli }) => sum + requestMilli, 0);
    fenced += fence({ cpus: 0, threads, reserve: 1 }, milli).needed;
  }
  return fenced;
}
