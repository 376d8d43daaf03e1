import { TIERS, type Tier, type TierOrSystem } from '../../src/model/tier.ts';
import type { TierTotals } from '../../src/model/tier-load.ts';
import { type Freshness, freshness } from '../freshness.ts';
import type { NodeView } from '../node-view.ts';
import { type Demand, NO_DEMAND } from '../score/demand.ts';
import { type KnownNode, scoreNode } from '../score/score.ts';
import { cpu, obstacleWords, reportWords, scoreWords } from './words.ts';

/** What is counted for one tier on a node; CPU in millicores of original requests. */
export interface TierExplanation {
  readonly tier: TierOrSystem;
  readonly pods: number;
  readonly requestMilli: number;
  /** Absent where the agent has not measured it. */
  readonly usedMilli?: number | undefined;
  /** Bound, and not in the report yet. */
  readonly firmMilli: number;
  /** Expected here, and not seen bound yet. */
  readonly tentativeMilli: number;
}

/** The pod that `scores` of an explanation are for. */
export const SAMPLE_MILLI = 1000;

export interface NodeExplanation {
  readonly node: string;
  readonly freshness: Freshness;
  /** Whether a Critical or High pod would be protected here. */
  readonly capable: boolean;
  /** The agent's word; null where the report cannot be read. */
  readonly protection: 'enforcing' | 'ready' | 'none' | null;
  /** What keeps the node from protecting; empty where nothing does. */
  readonly obstacles: readonly string[];
  readonly machine: { readonly cores: number; readonly threads: number; readonly reserveCores: number } | null;
  readonly pressureSome10: number | null;
  readonly tiers: readonly TierExplanation[];
  /** What a pod that asks for one CPU would score, before ties among nodes are settled. */
  readonly scores: ReadonlyArray<{ readonly tier: Tier; readonly score: number; readonly why: string }>;
  /** The same for people. */
  readonly lines: readonly string[];
}

export interface NodeMoment {
  readonly view: NodeView;
  /** The node as scores see it now. */
  readonly known: KnownNode | null;
  readonly firm: Demand | null;
  readonly tentative: Demand | null;
  readonly now: number;
}

const NOTHING: TierTotals = { pods: 0, requestMilli: 0 };

export function explainNode({ view, known, firm, tentative, now }: NodeMoment): NodeExplanation {
  const load = view.report.readable ? view.report.load : null;
  const tiers = [...TIERS, 'system' as const].map((tier) => ({
    tier,
    ...((tier === 'system' ? load?.system : load?.tiers[tier]) ?? NOTHING),
    firmMilli: (firm ?? NO_DEMAND)[tier],
    tentativeMilli: (tentative ?? NO_DEMAND)[tier],
  }));
  const scores = TIERS.map((tier) => {
    const score = scoreNode(tier, SAMPLE_MILLI, known);
    return { tier, score: score.level, why: scoreWords({ tier, score, node: known, view }, now) };
  });
  const explanation = {
    node: view.name,
    freshness: freshness(view, now),
    capable: known?.capable ?? false,
    protection: load?.protection ?? null,
    obstacles: obstacleWords(view),
    machine: load && { cores: load.cores, threads: load.threads, reserveCores: load.reserveCores },
    pressureSome10: load?.pressureSome10 ?? null,
    tiers,
    scores,
  };
  return { ...explanation, lines: lines(explanation, reportWords(view, now)) };
}

function lines(node: Omit<NodeExplanation, 'lines'>, report: string): string[] {
  const protects = node.capable ? `protects (${node.protection})` : 'does not count as protecting';
  return [
    `node ${node.node}: ${report} (${node.freshness})`,
    [protects, ...node.obstacles].join('; '),
    ...node.tiers.filter(hasLoad).map(tierLine),
    ...node.scores.map(
      ({ tier, score, why }) => `a ${tier} pod of ${cpu(SAMPLE_MILLI)} CPU would score ${score}: ${why}`,
    ),
  ];
}

function hasLoad({ pods, firmMilli, tentativeMilli }: TierExplanation): boolean {
  return pods > 0 || firmMilli > 0 || tentativeMilli > 0;
}

function tierLine({ tier, pods, requestMilli, firmMilli, tentativeMilli }: TierExplanation): string {
  const reserved = [
    ...(firmMilli > 0 ? [`${cpu(firmMilli)} bound since`] : []),
    ...(tentativeMilli > 0 ? [`${cpu(tentativeMilli)} expected`] : []),
  ];
  return [`${tier}: ${pods} ${pods === 1 ? 'pod asks' : 'pods ask'} for ${cpu(requestMilli)}`, ...reserved].join(', ');
}
