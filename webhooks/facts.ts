import type { Watched } from '../src/kube/store.ts';
import type { Workload } from '../src/model/workload.ts';
import type { CpuHpa } from './hpa.ts';
import { Index } from './index-by.ts';
import type { LimitRangeCpu } from './limit-range.ts';
import type { NamespaceFacts } from './namespace.ts';

/** What the cluster says that decides about a pod, beside the pod itself. */
export interface Facts {
  /** What is not known or too old, for people; null where all is known. */
  missing(now: number): string | null;
  namespace(name: string): NamespaceFacts | undefined;
  limitRanges(namespace: string): readonly LimitRangeCpu[];
  /** The name of a HorizontalPodAutoscaler that reads the workload's CPU utilization, if there is one. */
  cpuHpa(namespace: string, workload: Workload): string | undefined;
}

export interface FactStores {
  readonly namespaces: Watched<NamespaceFacts>;
  readonly limitRanges: Watched<LimitRangeCpu>;
  readonly hpas: Watched<CpuHpa>;
}

/**
 * A watch that lives is never silent for longer than its own time-out of five minutes. One that is
 * may hide a new LimitRange, and a request scaled below that would get the pod refused.
 */
const LONGEST_SILENCE_MS = 15 * 60_000;

/** The facts as the list-watches have them. */
export function watchedFacts({ namespaces, limitRanges, hpas }: FactStores): Facts {
  const rangesOf = new Index(limitRanges, ({ namespace }) => namespace);
  const hpasOf = new Index(hpas, (hpa) => targetKey(hpa.namespace, hpa.target));
  const stores: ReadonlyArray<readonly [string, Watched<unknown>]> = [
    ['namespaces', namespaces],
    ['limitranges', limitRanges],
    ['horizontalpodautoscalers', hpas],
  ];
  return {
    missing(now) {
      for (const [name, store] of stores) {
        if (!store.synced) return `${name} not listed yet`;
        const silence = now - (store.lastContactAt ?? now);
        if (silence > LONGEST_SILENCE_MS) return `nothing heard of ${name} for ${Math.round(silence / 60_000)} minutes`;
      }
      return null;
    },
    namespace: (name) => namespaces.get(name),
    limitRanges: (namespace) => rangesOf.get(namespace),
    cpuHpa: (namespace, workload) => hpasOf.get(targetKey(namespace, workload)).find((hpa) => hpa.readsCpu)?.name,
  };
}

const targetKey = (namespace: string, { kind, name }: Workload): string => `${namespace}/${kind}/${name}`;
