import { TOPOLOGY_HOSTNAME, TOPOLOGY_ZONE } from './keys.ts';
import { controllerOf, type Pod } from './pod.ts';

/** What kube-scheduler scores the spread of a pod over. */
export type SpreadOver = 'nodes' | 'zones' | 'nodes-and-zones';

/** Whose pods it spreads without being asked to. */
const BY_DEFAULT = new Set(['apps/v1 ReplicaSet', 'apps/v1 StatefulSet', 'v1 ReplicationController']);

/**
 * What kube-scheduler's PodTopologySpread scores for the pod; null where that is nothing. Constraints of the pod's own take
 * the place of the default ones; of those only the soft ones score, the others filter. A bare pod is null, and so is one that
 * a Service alone selects, which is not known here.
 */
export function spreadOver(pod: Pod): SpreadOver | null {
  const owner = controllerOf(pod);
  if (owner === undefined) return null;
  const own = pod.spec.topologySpreadConstraints ?? [];
  if (own.length === 0) return BY_DEFAULT.has(`${owner.apiVersion} ${owner.kind}`) ? 'nodes-and-zones' : null;
  const soft = own.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'ScheduleAnyway');
  const overNodes = soft.some(({ topologyKey }) => topologyKey === TOPOLOGY_HOSTNAME);
  const overZones = soft.some(({ topologyKey }) => topologyKey === TOPOLOGY_ZONE);
  if (overNodes && overZones) return 'nodes-and-zones';
  if (overNodes) return 'nodes';
  return overZones ? 'zones' : null;
}
