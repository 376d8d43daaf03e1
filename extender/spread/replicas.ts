import type { OurPod } from '../ours.ts';
import type { ExtenderState } from '../state.ts';
import type { Replicas } from './cost.ts';

/** The other replicas of the pod's controller; null where kube-scheduler does not spread the pod. */
export function replicasOf(
  { nodes, reservations }: Pick<ExtenderState, 'nodes' | 'reservations'>,
  pod: OurPod,
): Replicas | null {
  const { spread, controllerUid, uid } = pod;
  if (spread === null || controllerUid === '') return null;
  const counts = reservations.replicas(controllerUid);
  const own = reservations.expectedOn(uid);
  const on = (node: string): number => (counts.get(node) ?? 0) - (node === own ? 1 : 0);
  const zoneOf = (node: string): string | null => nodes.get(node)?.zone ?? null;
  const zones = new Map<string, number>();
  for (const node of counts.keys()) {
    const zone = zoneOf(node);
    if (zone !== null) zones.set(zone, (zones.get(zone) ?? 0) + on(node));
  }
  return { over: spread, on, inZone: (zone) => zones.get(zone) ?? 0, zoneOf };
}
