import type { PodObject } from '../api/objects.ts';
import { type NodeInfo, workloadKey } from './cluster-state.ts';
import { type Demand, demandOf } from './demand.ts';
import { needsOf, obstacles } from './eligible.ts';
import type { Extender } from './extender.ts';
import { UnusableReply } from './extender-replies.ts';
import { balancedAllocation, leastAllocated } from './scores.ts';
import { spreadScores } from './spread.ts';

/**
 * One scheduling cycle as kube-scheduler runs it: filter, extender filters one after another, scores
 * and extender priorities together, a node. There is no preemption. Plugins that give every node of
 * this cluster the same score (taints, affinities, image locality) are left out.
 */
export type CycleResult =
  | { readonly node: string; readonly feasible: number }
  | { readonly node: null; readonly reason: 'Unschedulable' | 'SchedulerError'; readonly message: string };

export interface CycleDeps {
  readonly extenders: readonly Extender[];
  /** For ties. */
  readonly random: () => number;
  /** Where the search for feasible nodes goes on, so that a big cluster's nodes all get their turn. */
  readonly cursor: { next: number };
}

const FIT_WEIGHT = 1;
const BALANCE_WEIGHT = 1;
const SPREAD_WEIGHT = 2;
/** Below this many nodes all are looked at. */
const MIN_FEASIBLE = 100;

export async function schedule(pod: PodObject, nodes: readonly NodeInfo[], deps: CycleDeps): Promise<CycleResult> {
  if (nodes.length === 0) return unschedulable('no nodes available to schedule pods');
  const demand = demandOf(pod.spec);
  const { fitting, against } = findFitting(pod, demand, nodes, deps.cursor);
  let feasible: readonly NodeInfo[] = fitting;
  try {
    feasible = await passExtenders(pod, fitting, against, deps.extenders);
  } catch (error) {
    if (error instanceof UnusableReply) return { node: null, reason: 'SchedulerError', message: error.message };
    throw error;
  }
  const [only, ...others] = feasible;
  if (only === undefined) return unschedulable(explain(nodes.length, against));
  if (others.length === 0) return { node: only.name, feasible: 1 };
  const totals = await score(pod, demand, feasible, nodes, deps.extenders);
  const best = Math.max(...totals.values());
  const tied = [...totals].filter(([, total]) => total === best).map(([name]) => name);
  return { node: tied[Math.floor(deps.random() * tied.length)] ?? only.name, feasible: feasible.length };
}

type Against = Map<string, readonly string[]>;

function findFitting(
  pod: PodObject,
  demand: Demand,
  nodes: readonly NodeInfo[],
  cursor: CycleDeps['cursor'],
): { fitting: NodeInfo[]; against: Against } {
  const needs = needsOf(pod, demand.requested);
  const wanted = feasibleToFind(nodes.length);
  const fitting: NodeInfo[] = [];
  const against: Against = new Map();
  for (let step = 0; step < nodes.length && fitting.length < wanted; step += 1) {
    const node = nodes[(cursor.next + step) % nodes.length];
    if (node === undefined) continue;
    const reasons = obstacles(needs, node);
    if (reasons.length === 0) fitting.push(node);
    else against.set(node.name, reasons);
  }
  cursor.next = (cursor.next + fitting.length + against.size) % nodes.length;
  return { fitting, against };
}

/** kube-scheduler's adaptive sample: all of a small cluster, down to 5 % of a large one, never fewer than 100. */
export function feasibleToFind(nodes: number): number {
  if (nodes < MIN_FEASIBLE) return nodes;
  const percent = Math.max(5, 50 - Math.floor(nodes / 125));
  return Math.max(MIN_FEASIBLE, Math.floor((nodes * percent) / 100));
}

async function passExtenders(
  pod: PodObject,
  fitting: readonly NodeInfo[],
  against: Against,
  extenders: readonly Extender[],
): Promise<readonly NodeInfo[]> {
  let feasible = fitting;
  for (const extender of extenders.filter(({ filters }) => filters)) {
    if (feasible.length === 0) break;
    try {
      const reply = await extender.filter(pod, namesOf(feasible));
      for (const [node, reason] of reply.failed) against.set(node, [reason]);
      const passed = new Set(reply.nodes);
      feasible = feasible.filter(({ name }) => passed.has(name));
    } catch (error) {
      if (!(error instanceof UnusableReply && extender.ignorable)) throw error;
    }
  }
  return feasible;
}

async function score(
  pod: PodObject,
  demand: Demand,
  feasible: readonly NodeInfo[],
  all: readonly NodeInfo[],
  extenders: readonly Extender[],
): Promise<Map<string, number>> {
  const workload = workloadKey(pod);
  const spread = workload === undefined ? [] : spreadScores(workload, feasible, all);
  const asked = extenders.filter(({ prioritizes }) => prioritizes);
  const added = await Promise.all(asked.map((extender) => extender.prioritize(pod, namesOf(feasible))));
  return new Map(
    feasible.map((node, index) => {
      const plugins =
        leastAllocated(demand, node) * FIT_WEIGHT +
        balancedAllocation(demand, node) * BALANCE_WEIGHT +
        (spread[index] ?? 0) * SPREAD_WEIGHT;
      return [node.name, added.reduce((sum, scores) => sum + (scores.get(node.name) ?? 0), plugins)];
    }),
  );
}

function namesOf(nodes: readonly NodeInfo[]): string[] {
  return nodes.map(({ name }) => name);
}

function unschedulable(message: string): CycleResult {
  return { node: null, reason: 'Unschedulable', message };
}

/** `0/3 nodes are available: 1 Too many pods, 2 Insufficient cpu.` */
function explain(nodes: number, against: Against): string {
  const counts = new Map<string, number>();
  for (const reason of [...against.values()].flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const texts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodes} nodes are available${texts.length > 0 ? `: ${texts.join(', ')}.` : ''}`;
}
