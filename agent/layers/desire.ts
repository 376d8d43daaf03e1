import { isProtected } from '../../src/model/tier.ts';
import { type Joined, joinCgroups } from '../cgroups/join.ts';
import type { CgroupTree } from '../cgroups/tree.ts';
import type { Machine } from '../machine/machine.ts';
import type { AgentPod } from '../pods/agent-pod.ts';
import type { Matching } from '../scheduler/scheduler.ts';
import { withinBlocks } from './blocks.ts';
import { demandByLayer } from './demand.ts';
import { type Demotion, nextDemotion, recheckAt } from './demotion.ts';
import type { Desired, Notice, Placement } from './desired.ts';
import { criticalFence, geometry } from './geometry.ts';
import { demotionNotice, limitsNotice, overNotice, treeNotice, unheld } from './notices.ts';
import { layerNumbers } from './numbers.ts';
import { type Placed, place } from './place.ts';
import type { LayerSettings } from './settings.ts';

export interface DesireInput {
  readonly pods: Iterable<AgentPod>;
  readonly tree: CgroupTree;
  readonly machine: Machine;
  readonly settings: LayerSettings;
  readonly matching: Matching;
  /** Uid of the agent's own pod, which runs with the host; null where it does not run in one. */
  readonly self: string | null;
  /** As the last computation left it; `NOT_DEMOTED` at first. */
  readonly demotion: Demotion;
  /** Which cgroup was whose the last time; null at first. */
  readonly joined: Joined | null;
  /** Milliseconds that never jump. */
  readonly now: number;
}

export interface DesireResult {
  readonly desired: Desired;
  readonly demotion: Demotion;
  /** Which cgroup is whose; to be given to the next computation. */
  readonly joined: Joined;
  /** When to compute again though nothing changes, monotonic; null where there is no need. */
  readonly recheckAt: number | null;
}

/** What the scheduler should do for these pods on this machine. The order of the pods does not matter. */
export function desire(input: DesireInput): DesireResult {
  const { tree, settings, matching, self } = input;
  const all = inOrder([...input.pods]);
  const machine = geometry(input.machine, settings.reserve);
  const critical = all.filter(({ tier, uid }) => tier === 'critical' && uid !== self);
  const fence = criticalFence(
    machine,
    critical.length,
    critical.reduce((sum, { requestMilli }) => sum + Math.max(0, requestMilli), 0),
  );
  const demotion = nextDemotion(input.demotion, fence, { now: input.now, holdMs: settings.demotionHoldMs });
  const { demoted } = demotion;

  const joined = joinCgroups(all, tree, input.joined);
  const context = { tree, matching, limits: settings.limits, self, cpus: machine.cpus, demoted };
  const wanted = all.map((pod) => place(pod, joined.places.get(pod.uid)?.cgroup ?? null, context));
  const { placed, over } = matching === 'prefixes' ? withinBlocks(wanted, tree) : { placed: wanted, over: [] };

  const numbers = layerNumbers({
    demand: demandByLayer(placed),
    fenced: demoted ? 0 : fence.needed / machine.threads,
    machine,
    settings,
    matching,
  });
  const notices = [
    ...treeNotice(tree),
    ...demotionNotice(demotion, fence),
    ...overNotice(over),
    ...limitsNotice(unheld(placed, machine.cpus, self), settings.limits),
  ];
  return {
    desired: {
      numbers,
      placements: placed.map(placement),
      demoted,
      fence,
      notices,
      hasProtected: placed.some(({ pod }) => isProtected(pod.tier) && pod.uid !== self),
      refusal: refusal(notices, tree, over),
    },
    demotion,
    joined,
    recheckAt: recheckAt(demotion, settings.demotionHoldMs),
  };
}

/** By uid, one of each. As a rule they are in that order already. */
function inOrder(pods: readonly AgentPod[]): readonly AgentPod[] {
  if (pods.every(({ uid }, at) => at === 0 || (pods[at - 1]?.uid ?? '') < uid)) return pods;
  const found = new Map(pods.map((pod) => [pod.uid, pod]));
  return [...found.keys()].sort().map((uid) => found.get(uid) as AgentPod);
}

const placements = new WeakMap<Placed, Placement>();

/** The same for a pod that stays as it was, as most do. */
function placement(placed: Placed): Placement {
  const before = placements.get(placed);
  if (before !== undefined) return before;
  const { pod, layer, reason, cgroup } = placed;
  const now = { uid: pod.uid, tier: pod.tier, layer, reason, cgroup };
  placements.set(placed, now);
  return now;
}

/** Why the node stays on stock: a wrong layer is worse than no scheduler. */
function refusal(notices: readonly Notice[], tree: CgroupTree, over: readonly Placed[]): string | null {
  const message = (id: Notice['id']): string | null => notices.find((notice) => notice.id === id)?.message ?? null;
  if (tree.layout === null || tree.kubepods === null) return message('cgroups-not-understood');
  if (over.some(({ pod }) => isProtected(pod.tier))) return message('over-the-limit');
  return message('limits-refuse');
}
