import type { TierOrSystem } from '../../src/model/tier.ts';
import { TIERS } from '../../src/model/tier.ts';
import type {
  LayeredConfig,
  LayerView,
  NodeExplanation,
  NodeStatus,
  Observation,
  SchedulerView,
  TierCount,
} from '../api/facade.ts';
import { LAYERS } from '../layers/desired.ts';
import type { Machine } from '../machine/machine.ts';
import type { LayerStatistics } from '../scheduler/ports.ts';
import type { SchedulerExit } from '../scheduler/scheduler.ts';
import { statusText } from '../status.ts';
import type { Known } from './known.ts';
import { podPlace } from './pods.ts';

const NO_MACHINE: Machine = { cpus: [], threads: 1, cores: 0, llcs: 0, nodes: 0 };

export function nodeStatus(known: Known): NodeStatus {
  const { turn, scheduler, now, gaps } = known;
  const isGap = turn?.decision.goal.want === 'enforce' && scheduler.config === null;
  return {
    node: known.node,
    status: known.status,
    since: known.statusSince,
    generation: known.generation,
    scheduler: schedulerView(known),
    gate: turn?.gate ?? { checks: [], refusal: null },
    safeMode: known.safeMode,
    tiers: tierCounts(known),
    layers: layerViews(known),
    notices: noticesOf(known),
    stockGap: { ...gaps, currentMs: isGap ? Math.max(0, now - scheduler.since) : null },
    versions: known.versions,
    lastContactAt: known.lastContactAt ?? null,
  };
}

function noticesOf({ turn, settingsNotices }: Known): NodeStatus['notices'] {
  return [...(turn?.plan.desired?.notices ?? []), ...settingsNotices];
}

export function schedulerView({ scheduler, matching }: Known): SchedulerView {
  const { phase, name, since, lastExit, usesLastKnownGood, retryAt, foreign } = scheduler;
  return { phase, attached: name ?? foreign, since, matching, lastExit, usesLastKnownGood, retryAt, foreign };
}

function tierCounts({ pods }: Known): Record<TierOrSystem, TierCount> {
  const counts = Object.fromEntries(
    [...TIERS, 'system' as const].map((tier) => [tier, { pods: 0, requestMilli: 0 }]),
  ) as Record<TierOrSystem, { pods: number; requestMilli: number }>;
  for (const { tier, requestMilli } of pods.values()) {
    counts[tier].pods += 1;
    counts[tier].requestMilli += requestMilli;
  }
  return counts;
}

function layerViews({ turn, statistics }: Known): LayerView[] {
  const counts = new Map<string, number>();
  for (const { layer, cgroup } of turn?.plan.desired?.placements ?? []) {
    if (cgroup !== null) counts.set(layer, (counts.get(layer) ?? 0) + 1);
  }
  return LAYERS.map((name) => {
    const measured = statistics?.layers[name];
    const cpus = measured?.['cur_nr_cpus'];
    return {
      name,
      pods: counts.get(name) ?? 0,
      ...(typeof cpus === 'number' && { cpus }),
      // 100 is one CPU.
      ...(measured?.util != null && { cpusUsed: measured.util / 100 }),
    };
  });
}

/** The config in force, or before the first attach the one that would be. */
export function layeredConfig({ scheduler, turn, matching, generation }: Known): LayeredConfig {
  const planned = turn?.plan.config ?? null;
  const config = scheduler.config ?? (planned !== null && 'hash' in planned ? planned : null);
  return {
    inForce: scheduler.config !== null,
    generation,
    matching,
    hash: config?.hash ?? '',
    shape: config?.shape ?? '',
    layers: config?.layers ?? [],
    members: config?.members ?? null,
  };
}

/** What `GET /observe` tells. What nothing measures yet is absent. */
export function observation(known: Known): Observation {
  const { turn, statistics, pods, generation } = known;
  return {
    machine: turn?.machine ?? NO_MACHINE,
    scheduler: { ...schedulerView(known), generation },
    layers: layerViews(known).map((view) => withStatistics(view, statistics?.layers[view.name])),
    pods: [...pods.values()].map((pod) => podPlace(known, pod)),
  };
}

function withStatistics(view: LayerView, measured: LayerStatistics | undefined) {
  const { util, ...rest } = measured ?? { util: null };
  return { ...rest, ...(util !== null && { util }), ...view };
}

function exitLine({ at, class: exitClass, detail, isStandby }: SchedulerExit): string {
  const what = isStandby ? 'a standby last failed' : 'it last ended';
  return `${what} at ${new Date(at).toISOString()} (${exitClass}): ${detail}`;
}

/** Why the status is what it is, the decisive reason first. */
export function explainNode(known: Known): NodeExplanation {
  const { turn, scheduler, safeMode } = known;
  const failed = (turn?.gate?.checks ?? []).filter(({ verdict }) => verdict === 'fail');
  const exit = scheduler.lastExit;
  return {
    node: known.node,
    lines: [
      statusText(known.status),
      ...failed.map(({ id, reason, remedy }) => `${id}: ${reason}${remedy === null ? '' : `; ${remedy}`}`),
      ...(safeMode.reason === null ? [] : [`safe mode: ${safeMode.reason}`]),
      ...noticesOf(known).map(({ message }) => message),
      `scheduler: ${scheduler.phase}: ${scheduler.reason}`,
      ...(exit === null ? [] : [exitLine(exit)]),
    ],
  };
}
