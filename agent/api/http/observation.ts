import type { Observation } from '../facade.ts';

/** The most of each list that one answer holds. */
export const MOST = { layers: 16, pods: 1_000, threads: 200 } as const;

/** What was left out of an answer; a list that is whole is not named. */
export type LeftOut = { readonly [List in keyof typeof MOST]?: number };

/** The body of `/observe`: lists are bounded, with what was left out of each; `cpus_used` has its published name. */
export function observationBody(observation: Observation): object {
  const { layers, pods, threads } = observation;
  const leftOut: LeftOut = {
    ...beyond('layers', layers),
    ...beyond('pods', pods),
    ...(threads !== undefined && beyond('threads', threads)),
  };
  return {
    ...observation,
    layers: layers.slice(0, MOST.layers).map(({ cpusUsed, ...layer }) => {
      return cpusUsed === undefined ? layer : { ...layer, cpus_used: cpusUsed };
    }),
    pods: pods.slice(0, MOST.pods).map(({ uid, namespace, name, tier, reason, layer, wantedLayer }) => {
      return { uid, namespace, name, tier, reason, layer, ...(wantedLayer !== undefined && { wantedLayer }) };
    }),
    ...(threads !== undefined && { threads: threads.slice(0, MOST.threads) }),
    ...(Object.keys(leftOut).length > 0 && { leftOut }),
  };
}

function beyond(list: keyof typeof MOST, values: readonly unknown[]): LeftOut {
  const count = values.length - MOST[list];
  return count > 0 ? { [list]: count } : {};
}
