import { formatMilli } from '../../src/model/quantity.ts';
import type { Tier } from '../../src/model/tier.ts';
import type { Failure } from '../filter.ts';
import { freshness, MAX_AHEAD_MS, STALE_HEARTBEATS } from '../freshness.ts';
import type { NodeView, Obstacle } from '../node-view.ts';
import type { HeldBack } from '../prioritize.ts';
import type { KnownNode, NodeScore } from '../score/score.ts';

/** A CPU quantity for people, as Kubernetes writes it. */
export function cpu(milli: number): string {
  return formatMilli(BigInt(milli));
}

const OBSTACLES: Readonly<Record<Obstacle, string>> = {
  'protection-none': 'its agent says that it cannot protect (protection: none)',
  'safe-mode-requested': 'safe mode is requested by annotation',
  'enforce-disabled': 'enforcing is disabled by label',
};

/** Why the node cannot protect, for people; empty where it can. */
export function obstacleWords({ obstacles }: Pick<NodeView, 'obstacles'>): readonly string[] {
  return obstacles.map((obstacle) => OBSTACLES[obstacle]);
}

/** What the node's report is worth, for people. */
export function reportWords(view: NodeView | undefined, now: number): string {
  if (view === undefined) return 'the node watch has not shown this node';
  const { report } = view;
  if (!report.readable) return unreadableWords(report);
  const seconds = Math.round((now - report.load.at) / 1000);
  const heartbeat = report.load.heartbeatMs / 1000;
  switch (freshness(view, now)) {
    case 'skewed':
      return `its report is dated ${-seconds} s ahead, more than ${MAX_AHEAD_MS / 1000} s: a clock is wrong`;
    case 'stale':
      return `its last report is ${seconds} s old, more than ${STALE_HEARTBEATS} × ${heartbeat} s`;
    default:
      return `its report is ${Math.max(0, seconds)} s old`;
  }
}

function unreadableWords(report: Exclude<NodeView['report'], { readable: true }>): string {
  switch (report.state) {
    case 'missing':
      return 'it has no tier-load annotation: no agent reports for it';
    case 'unknown-version':
      return 'its tier-load annotation is of a version that is not known here';
    case 'invalid':
      return `its tier-load annotation is not understood (${report.problem})`;
  }
}

const CONTENDERS: Readonly<Record<'critical' | 'high' | 'normal', string>> = {
  critical: 'the fence with this pod, and High,',
  high: 'the fence, and High with this pod,',
  normal: 'the fence, High, and Normal with this pod,',
};

/** A node's score for a pod of a tier, before ties were settled, with what it was made from. */
export interface ExplainedScore {
  readonly tier: Tier;
  readonly score: NodeScore;
  readonly node: KnownNode | null;
  readonly view: NodeView | undefined;
}

/** Where a score came from, for people. */
export function scoreWords({ tier, score, node, view }: ExplainedScore, now: number): string {
  if (score.band === 'unknown' || node === null) {
    if (view === undefined || node === null) return `nothing known that counts: ${reportWords(view, now)}`;
    return `does not protect: ${obstacleWords(view).join('; ')}`;
  }
  if (tier === 'low' || tier === 'background') {
    return `all pods with this one ask for ${cpu(score.needMilli)} of ${cpu(score.capacityMilli)} CPUs: ${percent(score.value)} full`;
  }
  const need = `${CONTENDERS[tier]} need ${cpu(score.needMilli)} of ${cpu(score.capacityMilli)} CPUs`;
  if (score.band === 'no-room') return `no room: ${need}`;
  const { pressure } = node.facts;
  if (score.value < 0) return `${need}: more than there is`;
  return `${need}: ${percent(score.value)} headroom${pressure > 0 ? `, lowered by ${pressure} % CPU pressure` : ''}`;
}

/** Why a node lost the level that its load would give it, for people. */
export function heldBackWords(level: number, { onNode, inZone }: HeldBack): string {
  const zone = inZone === null ? '' : `, ${inZone} in its zone`;
  return `held back from ${level}, for spread comes first: ${onNode} of the controller's pods here${zone}`;
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

/** Why the filter keeps a pod off a node: the scheduler shows it in the pod's events. */
export function failureWords(failure: Failure, tier: Tier): string {
  if (failure === 'no-room') return `temper: no room for the ${tier} tier`;
  return `temper: the node cannot protect the ${tier} tier`;
}
