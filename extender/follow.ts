import type { Change, Watched } from '../src/kube/store.ts';
import type { Clock } from '../src/model/clock.ts';
import type { PodView } from '../src/model/pod-view.ts';
import type { TierLoad } from '../src/model/tier-load.ts';
import type { NodeView } from './node-view.ts';
import type { NodeReport } from './reservations/firm.ts';
import type { Reservations } from './reservations/reservations.ts';

/** Keeps the reservations up to date with the nodes' zones and reports. */
export function followNodes(nodes: Watched<NodeView>, reservations: Reservations): void {
  const set = ({ name, zone, report }: NodeView): void => {
    reservations.located(name, zone);
    reservations.reported(name, report.readable ? reportOf(report.load) : null);
  };
  for (const node of nodes.values()) set(node);
  nodes.subscribe((change) => {
    if (change.type === 'set') set(change.value);
    else {
      reservations.located(change.key, null);
      reservations.reported(change.key, null);
    }
  });
}

function reportOf({ at, tiers, system }: TierLoad): NodeReport {
  const { critical, high, normal, low, background } = tiers;
  return {
    at,
    pods: {
      critical: critical.pods,
      high: high.pods,
      normal: normal.pods,
      low: low.pods,
      background: background.pods,
      system: system.pods,
    },
  };
}

/** A pod that is bound. */
export type BoundPod = PodView & { readonly nodeName: string; readonly boundAt: number };

/**
 * Keeps the reservations up to date with the pods: firm where a pod is bound, none where it ended.
 *
 * @param onBound called once for each pod that is seen bound, also for those bound long ago
 */
export function followPods(
  pods: Watched<PodView>,
  reservations: Reservations,
  clock: Clock,
  onBound: (pod: BoundPod) => void,
): void {
  const count = (before: PodView | undefined, after: PodView | undefined): void => {
    if (before?.alive && before.nodeName !== null) reservations.left(before, before.nodeName);
    if (after?.alive && after.nodeName !== null) reservations.arrived(after, after.nodeName);
  };
  const set = (pod: PodView, previous: PodView | undefined): void => {
    count(previous, pod);
    if (previous !== undefined && previous.uid !== pod.uid) reservations.release(previous.uid);
    if (!pod.alive) reservations.release(pod.uid);
    const bound = pod.alive ? asBound(pod, clock.now()) : null;
    if (bound === null) return;
    // At each event, since a resize changes what it asks for; what the node's report covers is not counted again.
    reservations.bind(reservationOf(bound));
    if (previous?.uid !== pod.uid || previous.nodeName !== pod.nodeName) onBound(bound);
  };
  const apply = (change: Change<PodView>): void => {
    if (change.type === 'set') {
      set(change.value, change.previous);
      return;
    }
    count(change.previous, undefined);
    reservations.release(change.previous.uid);
  };
  for (const pod of pods.values()) set(pod, undefined);
  pods.subscribe(apply);
}

/** A binding in the future is a clock that is wrong: it would be waited for. A pod without a uid cannot be told from others. */
function asBound(pod: PodView, now: number): BoundPod | null {
  const { uid, nodeName, boundAt } = pod;
  return nodeName === null || uid === '' ? null : { ...pod, nodeName, boundAt: Math.min(boundAt ?? now, now) };
}

function reservationOf({ uid, nodeName, tier, originalMilli, boundAt }: BoundPod) {
  return { uid, node: nodeName, tier, milli: originalMilli, boundAt };
}
