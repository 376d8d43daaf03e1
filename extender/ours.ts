import type { PodView } from '../src/model/pod-view.ts';
import type { Tier } from '../src/model/tier.ts';
import type { ExtenderSettings } from './settings.ts';

/** Why a pod is not scored; the label of the metric too. */
export type NotOurs = 'daemonset' | 'static' | 'system' | 'other-scheduler';

/** The same for people. */
export const NOT_OURS: Readonly<Record<NotOurs, string>> = {
  daemonset: 'a DaemonSet has chosen its node already',
  static: 'a static pod stays on the node whose kubelet made it',
  system: 'a system pod has no tier and is placed by the scheduler alone',
  'other-scheduler': 'its schedulerName is not in extender.schedulerNames',
};

/** A pod that is scored, which has a tier. */
export type OurPod = PodView & { readonly tier: Tier };

/** Whether the pod is one to score, or why not. */
export function claim(
  pod: PodView,
  { schedulerNames }: Pick<ExtenderSettings, 'schedulerNames'>,
): { readonly pod: OurPod } | { readonly notOurs: NotOurs } {
  if (pod.pinned !== null) return { notOurs: pod.pinned };
  const { tier } = pod;
  if (tier === 'system') return { notOurs: 'system' };
  if (schedulerNames.length > 0 && !schedulerNames.includes(pod.schedulerName)) return { notOurs: 'other-scheduler' };
  return { pod: { ...pod, tier } };
}
