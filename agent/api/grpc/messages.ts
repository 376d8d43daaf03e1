import { TIERS } from '../../../src/model/tier.ts';
import type { SafeMode } from '../../safemode/safe-mode.ts';
import type { LayeredConfig, LayerView, NodeStatus, PodExplanation, PodPlace, QosChange } from '../facade.ts';
import type { GateCheck } from '../generated/temper/agent/v1/GateCheck.ts';
import type { GetLayeredConfigResponse } from '../generated/temper/agent/v1/GetLayeredConfigResponse.ts';
import type { GetStatusResponse } from '../generated/temper/agent/v1/GetStatusResponse.ts';
import type { LayerStatus } from '../generated/temper/agent/v1/LayerStatus.ts';
import type { PodExplanation as PodExplanationMessage } from '../generated/temper/agent/v1/PodExplanation.ts';
import type { PodPlace as PodPlaceMessage } from '../generated/temper/agent/v1/PodPlace.ts';
import type { QosChange as QosChangeMessage } from '../generated/temper/agent/v1/QosChange.ts';
import type { SafeModeStatus } from '../generated/temper/agent/v1/SafeModeStatus.ts';
import type { SchedulerStatus } from '../generated/temper/agent/v1/SchedulerStatus.ts';
import { LIMITS } from './limits.ts';

/** The agent's answers as messages: what is null here is absent there. */

/** @param pods null where they are not wanted */
export function statusMessage(status: NodeStatus, pods: readonly PodPlace[] | null): GetStatusResponse {
  const { gate, stockGap, versions } = status;
  return {
    node: status.node,
    status: status.status.word,
    ...present('reason', status.status.reason),
    sinceMs: status.since,
    generation: status.generation,
    scheduler: schedulerMessage(status.scheduler),
    gate: gate.checks.map(({ id, check, verdict, reason, remedy }): GateCheck => {
      return { id, check, verdict, reason, ...present('remedy', remedy) };
    }),
    ...present('gateRefusal', gate.refusal),
    safeMode: safeModeMessage(status.safeMode),
    tiers: [...TIERS, 'system' as const].map((tier) => ({ tier, ...status.tiers[tier] })),
    layers: status.layers.map(layerMessage),
    notices: status.notices.map(({ id, message }) => ({ id, message })),
    stockGap: {
      count: stockGap.count,
      totalMs: whole(stockGap.totalMs),
      ...present('currentMs', stockGap.currentMs === null ? null : whole(stockGap.currentMs)),
    },
    versions: {
      agent: versions.agent,
      ...present('scheduler', versions.scheduler),
      ...present('kernel', versions.kernel),
    },
    ...present('lastContactMs', status.lastContactAt),
    ...(pods !== null && { pods: pods.slice(0, LIMITS.pods).map(placeMessage), podsTotal: pods.length }),
  };
}

export function configMessage(config: LayeredConfig): GetLayeredConfigResponse {
  return {
    inForce: config.inForce,
    generation: config.generation,
    ...present('matching', config.matching),
    hash: config.hash,
    shape: config.shape,
    layersJson: JSON.stringify(config.layers),
    members: [...(config.members ?? [])].map(([id, layer]) => ({ cgroupId: String(id), layer })),
  };
}

export function explanationMessage(pod: PodExplanation): PodExplanationMessage {
  return {
    place: placeMessage(pod),
    ...present('layerReason', pod.layerReason),
    qos: pod.qos,
    requestMilli: pod.requestMilli,
    specMilli: pod.specMilli,
    ...present('disbelieved', pod.disbelieved),
    ...present('limitMilli', pod.limitMilli),
    ...present('override', pod.override),
    ...present('cgroup', pod.cgroup),
  };
}

export function safeModeMessage({ sources, reason }: SafeMode): SafeModeStatus {
  return { on: sources.length > 0, sources: [...sources], ...present('reason', reason) };
}

export function qosMessage({ uid, namespace, name, before, tier }: QosChange): QosChangeMessage {
  return { uid, namespace, name, ...present('before', before), tier };
}

function schedulerMessage(scheduler: NodeStatus['scheduler']): SchedulerStatus {
  const { lastExit } = scheduler;
  return {
    phase: scheduler.phase,
    ...present('attached', scheduler.attached),
    sinceMs: scheduler.since,
    ...present('matching', scheduler.matching),
    lastExit: lastExit === null ? null : { class: lastExit.class, detail: lastExit.detail, atMs: lastExit.at },
    usesLastKnownGood: scheduler.usesLastKnownGood,
    ...present('retryAtMs', scheduler.retryAt),
    ...present('foreign', scheduler.foreign),
  };
}

function layerMessage({ name, pods, cpus, cpusUsed, util }: LayerView): LayerStatus {
  return { name, pods, ...present('cpus', cpus), ...present('cpusUsed', cpusUsed), ...present('util', util) };
}

function placeMessage({ uid, namespace, name, tier, reason, layer }: PodPlace): PodPlaceMessage {
  return { uid, namespace, name, tier, reason, ...present('layer', layer) };
}

function whole(ms: number): number {
  return Math.round(ms);
}

function present<Name extends string, T>(name: Name, value: T | null | undefined): { [K in Name]?: T } {
  return value === null || value === undefined ? {} : ({ [name]: value } as { [K in Name]: T });
}
