import { setTimeout as pause } from 'node:timers/promises';
import { fileKernel } from '../../test/double/sched-ext.ts';
import type { Cluster } from '../../test/standin/cluster.ts';
import type { RealAgent } from '../agents/real-agents.ts';
import { signsOf, untilQuiet, untilSigns } from '../agents/signs.ts';

/** One thing that was seen after an event, and how long after. */
export interface Step {
  readonly node: string;
  readonly event: string;
  readonly outcome: string;
  /** Where it was seen: the agent's word on its Node, or the state of the kernel that the double plays. */
  readonly seenIn: 'agent-status' | 'kernel state';
  /** Null where it was not seen within the deadline. */
  readonly ms: number | null;
  /** What the agent's status was then. */
  readonly status: string;
}

export interface Outcome {
  readonly outcome: string;
  readonly seenIn: Step['seenIn'];
  readonly seen: () => Promise<boolean>;
}

/** Where a scene plays: one node with its real agent. */
export interface Stage {
  readonly cluster: Cluster;
  readonly agent: RealAgent;
  readonly note: (step: Step) => void;
}

/** A step took longer than anybody waits: what follows it would mean nothing. */
export class NotSeen extends Error {}

const DEADLINE_MS = 60_000;
/** The agent leaves a second between two patches of its Node: what comes sooner would be measured with that. */
const QUIET_MS = 1_000;
const LOOK_MS = 5;

/** Lets an event happen and measures from its end until each of its outcomes is seen. */
export async function measure(
  { cluster: { api }, agent: { node }, note }: Stage,
  event: string,
  happen: () => Promise<void> | void,
  outcomes: readonly Outcome[],
): Promise<void> {
  await untilQuiet(api, node.name, QUIET_MS);
  await happen();
  const since = performance.now();
  const steps = await Promise.all(
    outcomes.map(async ({ outcome, seenIn, seen }): Promise<Step> => {
      const isSeen = await seen();
      const ms = isSeen ? Math.round(performance.now() - since) : null;
      return { node: node.name, event, outcome, seenIn, ms, status: signsOf(api, node.name).status };
    }),
  );
  for (const step of steps) note(step);
  const missed = steps.find(({ ms }) => ms === null);
  if (missed === undefined) return;
  throw new NotSeen(
    `${node.name}: ${event}: not ${missed.outcome} within ${DEADLINE_MS / 1000} s; its status is "${missed.status}"`,
  );
}

type IsStatus = (status: string) => boolean;

const isEnforcing: IsStatus = (status) => status === 'enforcing';
const kernelOf = ({ agent }: Stage) => fileKernel(agent.process.host.paths.sys);

/** The kernel is on its own scheduler. */
export function stock(stage: Stage): Outcome {
  const kernel = kernelOf(stage);
  const seen = async (): Promise<boolean> => {
    const deadline = performance.now() + DEADLINE_MS;
    while (kernel.read().state !== 'disabled') {
      if (performance.now() > deadline) return false;
      await pause(LOOK_MS);
    }
    return true;
  };
  return { outcome: 'on stock', seenIn: 'kernel state', seen };
}

/** The agent says so, of an attach that is younger than this call. */
export function enforcing(stage: Stage, outcome: string, isStatus: IsStatus = isEnforcing): Outcome {
  const kernel = kernelOf(stage);
  const before = kernel.read().enableSeq ?? 0;
  return says(stage, outcome, (status) => isStatus(status) && (kernel.read().enableSeq ?? 0) > before);
}

/** The agent says so on its Node. */
export function says({ cluster, agent }: Stage, outcome: string, isStatus: IsStatus): Outcome {
  const seen = (): Promise<boolean> =>
    untilSigns(cluster.api, agent.node.name, ({ status }) => isStatus(status), DEADLINE_MS);
  return { outcome, seenIn: 'agent-status', seen };
}
