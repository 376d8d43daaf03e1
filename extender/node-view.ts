import { z } from 'zod';
import { ENFORCE, SAFE_MODE_REQUESTED, TIER_LOAD, TOPOLOGY_ZONE } from '../src/model/keys.ts';
import { decodeTierLoad, type TierLoad } from '../src/model/tier-load.ts';
import type { KnownNode } from './score/score.ts';

/** Why a node that reports cannot protect a Critical or High pod. */
export type Obstacle = 'protection-none' | 'safe-mode-requested' | 'enforce-disabled';

/** What a node's tier-load annotation says, or why it says nothing. */
export type Report =
  | { readonly readable: true; readonly load: TierLoad; readonly known: KnownNode }
  | { readonly readable: false; readonly state: 'missing' }
  | { readonly readable: false; readonly state: 'unknown-version' }
  | { readonly readable: false; readonly state: 'invalid'; readonly problem: string };

/** What the extender keeps of a Node. */
export interface NodeView {
  readonly name: string;
  /** Null where it has none. */
  readonly zone: string | null;
  readonly report: Report;
  /** Everything that keeps the node from protecting; empty where nothing does. */
  readonly obstacles: readonly Obstacle[];
}

const text = z.string().optional();

/** Metadata is all that is asked for; labels and annotations of others are dropped unread. */
const schema = z.object({
  metadata: z.object({
    name: z.string().min(1),
    labels: z.object({ [ENFORCE]: text, [TOPOLOGY_ZONE]: text }).nullish(),
    annotations: z.object({ [TIER_LOAD]: text, [SAFE_MODE_REQUESTED]: text }).nullish(),
  }),
});

/** The projection of a Node, or of its PartialObjectMetadata; null where it is not understood. Never throws. */
export function readNodeView(object: unknown): NodeView | null {
  const result = schema.safeParse(object);
  if (!result.success) return null;
  const { name, labels, annotations } = result.data.metadata;
  const zone = labels?.[TOPOLOGY_ZONE] ?? null;
  const obstacles: Obstacle[] = [];
  if (annotations?.[SAFE_MODE_REQUESTED] === 'true') obstacles.push('safe-mode-requested');
  if (labels?.[ENFORCE] === 'disabled') obstacles.push('enforce-disabled');
  const load = readReport(annotations?.[TIER_LOAD]);
  if (load === undefined) return { name, zone, report: { readable: false, state: 'missing' }, obstacles };
  if (typeof load === 'string') return { name, zone, report: unreadable(load), obstacles };
  if (load.protection === 'none') obstacles.unshift('protection-none');
  return { name, zone, report: { readable: true, load, known: asKnown(load, obstacles.length === 0) }, obstacles };
}

function readReport(annotation: string | undefined): TierLoad | string | undefined {
  if (annotation === undefined) return undefined;
  const reading = decodeTierLoad(annotation);
  return reading.ok ? reading.value : reading.problem;
}

function unreadable(problem: string): Report {
  if (problem === 'unknown-version') return { readable: false, state: 'unknown-version' };
  return { readable: false, state: 'invalid', problem };
}

function asKnown({ cores, threads, reserveCores, tiers, system, pressureSome10 }: TierLoad, capable: boolean) {
  return {
    capable,
    facts: {
      machine: { cpus: cores, threads, reserve: reserveCores },
      demand: {
        critical: tiers.critical.requestMilli,
        high: tiers.high.requestMilli,
        normal: tiers.normal.requestMilli,
        low: tiers.low.requestMilli,
        background: tiers.background.requestMilli,
        system: system.requestMilli,
      },
      // Not measured takes nothing from the headroom: it is no reason against the node.
      pressure: pressureSome10 ?? 0,
    },
  };
}
