import type { NodeView } from './node-view.ts';
import type { KnownNode } from './score/score.ts';

/** What a node's report is worth now; the metric label of `temper_extender_nodes`. Only `fresh` counts. */
export const FRESHNESS = ['fresh', 'stale', 'skewed', 'unknown-version', 'invalid', 'missing'] as const;

export type Freshness = (typeof FRESHNESS)[number];

/** A report is stale after so many heartbeats: one may be lost and one late. */
export const STALE_HEARTBEATS = 3;

/** A report dated further ahead says that a clock is wrong, and then its age says nothing. */
export const MAX_AHEAD_MS = 60_000;

/** @param now milliseconds since the epoch, UTC */
export function freshness({ report }: NodeView, now: number): Freshness {
  if (!report.readable) return report.state;
  const { at, heartbeatMs } = report.load;
  if (at - now > MAX_AHEAD_MS) return 'skewed';
  return now - at > STALE_HEARTBEATS * heartbeatMs ? 'stale' : 'fresh';
}

/** What the node counts as in scores: null unless its report is fresh. */
export function knownNode(view: NodeView | undefined, now: number): KnownNode | null {
  if (view === undefined || !view.report.readable || freshness(view, now) !== 'fresh') return null;
  return view.report.known;
}
