import { TemperError } from '../../src/model/errors.ts';
import type { PodExplanation, PodPlace, PodRef } from '../api/facade.ts';
import type { Placement } from '../layers/desired.ts';
import type { AgentPod } from '../pods/agent-pod.ts';
import type { Known } from './known.ts';

/** @throws {TemperError} TMP3204 */
export function findPod({ pods }: Pick<Known, 'pods'>, ref: PodRef): AgentPod {
  const found =
    ref.by === 'uid'
      ? pods.get(ref.uid)
      : [...pods.values()].find(({ namespace, name }) => namespace === ref.namespace && name === ref.name);
  if (found === undefined)
    throw new TemperError('TMP3204', ref.by === 'uid' ? ref.uid : `${ref.namespace}/${ref.name}`);
  return found;
}

function placementOf({ turn }: Known, uid: string): Placement | undefined {
  return turn?.plan.desired?.placements.find((placement) => placement.uid === uid);
}

export function podPlace(known: Known, { uid, namespace, name, tier, tierReason }: AgentPod): PodPlace {
  const placement = placementOf(known, uid);
  const layer = placement?.cgroup ? placement.layer : null;
  return { uid, namespace, name, tier, reason: tierReason, layer };
}

/** Where a pod runs and why, in words. @throws {TemperError} TMP3204 */
export function explainPod(known: Known, ref: PodRef): PodExplanation {
  const pod = findPod(known, ref);
  const placement = placementOf(known, pod.uid);
  return {
    ...podPlace(known, pod),
    layerReason: placement?.reason ?? null,
    qos: pod.qos,
    requestMilli: pod.requestMilli,
    specMilli: pod.specMilli,
    disbelieved: pod.disbelieved,
    limitMilli: pod.limitMilli,
    override: known.overrides.get(pod.uid) ?? null,
    cgroup: placement?.cgroup?.path ?? null,
    lines: [...enforcementLines(known, placement), ...podLines(pod)],
  };
}

function enforcementLines({ scheduler, status }: Known, placement: Placement | undefined): string[] {
  if (placement === undefined) return ['in no layer: the layers have not been computed since it came'];
  const { layer, reason, cgroup } = placement;
  if (cgroup === null) return [`in no layer yet: its cgroup has not been found; it would be in ${layer}: ${reason}`];
  if (scheduler.config !== null) return [`in layer ${layer}: ${reason}`];
  return [
    `the node is on the stock scheduler (${status.reason ?? status.word}), so nothing is enforced`,
    `it would be in layer ${layer}: ${reason}`,
  ];
}

function podLines({ tier, tierReason, requestMilli, specMilli, disbelieved, limitMilli }: AgentPod): string[] {
  const lines = [`tier ${tier}: ${tierReason}`];
  if (requestMilli === specMilli) lines.push(`it asks for ${specMilli}m`);
  else lines.push(`it asks for ${specMilli}m, scaled down from ${requestMilli}m, which is what counts here`);
  if (disbelieved !== null) lines.push(`its record of original requests does not count: ${disbelieved}`);
  if (limitMilli !== null) lines.push(`its limit of ${limitMilli}m is not enforced while the scheduler is attached`);
  return lines;
}
