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
  const onNodes = reservations.replicas.onNodes(controllerUid);
  const inZones = reservations.replicas.inZones(controllerUid);
  const zoneOf = (node: string): string | null => nodes.get(node)?.zone ?? null;
  const own = reservations.expectedOn(uid);
  const ownZone = own === null ? null : zoneOf(own);
  return {
    over: spread,
    on: (node) => (onNodes.get(node) ?? 0) - (node === own ? 1 : 0),
    inZone: (zone) => (inZones.get(zone) ?? 0) - (zone === ownZone ? 1 : 0),
    zoneOf,
  };
}
