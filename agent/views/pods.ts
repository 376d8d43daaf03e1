import { TemperError } from '../../src/model/errors.ts';
import type { PodExplanation, PodPlace, PodRef } from '../api/facade.ts';
import type { LayerName, Placement } from '../layers/desired.ts';
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

interface Place {
  /** Where the newest plan has the pod; undefined where it does not know it yet. */
  readonly wanted: Placement | undefined;
  /** Its layer by the config in force, while there is one; null where that config does not know it. */
  readonly actual: LayerName | null;
}

function placeOf({ turn, scheduler, inForce }: Known, uid: string): Place {
  const wanted = turn?.plan.desired?.placements.find((placement) => placement.uid === uid);
  const found = scheduler.config === null ? wanted : inForce?.find((placement) => placement.uid === uid);
  return { wanted, actual: found?.cgroup ? found.layer : null };
}

export function podPlace(known: Known, { uid, namespace, name, tier, tierReason }: AgentPod): PodPlace {
  const { wanted, actual } = placeOf(known, uid);
  const isElsewhere = wanted?.cgroup != null && wanted.layer !== actual;
  const place = { uid, namespace, name, tier, reason: tierReason, layer: actual };
  return isElsewhere ? { ...place, wantedLayer: wanted.layer } : place;
}

/** Where a pod runs and why, in words. @throws {TemperError} TMP3204 */
export function explainPod(known: Known, ref: PodRef): PodExplanation {
  const pod = findPod(known, ref);
  const place = placeOf(known, pod.uid);
  const { wanted, actual } = place;
  return {
    ...podPlace(known, pod),
    layerReason: wanted?.layer === actual ? (wanted?.reason ?? null) : null,
    qos: pod.qos,
    requestMilli: pod.requestMilli,
    specMilli: pod.specMilli,
    disbelieved: pod.disbelieved,
    limitMilli: pod.limitMilli,
    override: known.overrides.get(pod.uid) ?? null,
    cgroup: wanted?.cgroup?.path ?? null,
    lines: [...enforcementLines(known, place), ...podLines(pod)],
  };
}

function enforcementLines({ scheduler, status, inForce }: Known, { wanted, actual }: Place): string[] {
  if (wanted === undefined) return ['in no layer: the layers have not been computed since it came'];
  const { layer, reason, cgroup } = wanted;
  if (cgroup === null) return [`in no layer yet: its cgroup has not been found; it would be in ${layer}: ${reason}`];
  if (scheduler.config === null) {
    return [
      `the node is on the stock scheduler (${status.reason ?? status.word}), so nothing is enforced`,
      `it would be in layer ${layer}: ${reason}`,
    ];
  }
  if (actual === layer) return [`in layer ${layer}: ${reason}`];
  return [actualLine(actual, inForce), `it is wanted in layer ${layer}: ${reason}`];
}

/** Where the pod is, while the config in force is not the one that is wanted. */
function actualLine(actual: LayerName | null, inForce: Known['inForce']): string {
  if (actual !== null) return `in layer ${actual}: the config in force is not the newest`;
  if (inForce === null) return "in which layer is not known: the config in force is an earlier agent's";
  return 'with the pods that nobody knows yet: it is not in the config in force';
}

function podLines({ tier, tierReason, requestMilli, specMilli, disbelieved, limitMilli }: AgentPod): string[] {
  const lines = [`tier ${tier}: ${tierReason}`];
  if (requestMilli === specMilli) lines.push(`it asks for ${specMilli}m`);
  else lines.push(`it asks for ${specMilli}m, scaled down from ${requestMilli}m, which is what counts here`);
  if (disbelieved !== null) lines.push(`its record of original requests does not count: ${disbelieved}`);
  if (limitMilli !== null) lines.push(`its limit of ${limitMilli}m is not enforced while the scheduler is attached`);
  return lines;
}
