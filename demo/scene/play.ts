import type { Cluster } from '../../test/standin/cluster.ts';
import type { RealAgent } from '../agents/real-agents.ts';
import { type Act, attach, demotion, recovery, safeMode } from './acts.ts';
import { NotSeen, type Step } from './stage.ts';

export interface Scene {
  readonly steps: readonly Step[];
  /** What was not seen in time, so that the rest was not played; null where all was. */
  readonly problem: string | null;
}

/** Which acts a node plays: two nodes share them at the same time, so that nobody waits for long. */
export function castOf(nodes: number): ReadonlyArray<readonly Act[]> {
  if (nodes === 0) return [];
  if (nodes === 1) return [[attach, demotion, recovery, safeMode]];
  return [
    [attach, demotion],
    [attach, recovery, safeMode],
  ];
}

/** Plays the scene on the first nodes with real agents, one or two of them. */
export async function playScene(cluster: Cluster, agents: readonly RealAgent[]): Promise<Scene> {
  const parts = castOf(agents.length).map(async (acts, index) => {
    const agent = agents[index];
    const steps: Step[] = [];
    const note = (step: Step): void => {
      steps.push(step);
    };
    const problem = agent === undefined ? null : await playOn({ cluster, agent, note }, acts);
    return { steps, problem };
  });
  const played = await Promise.all(parts);
  return {
    steps: played.flatMap(({ steps }) => steps),
    problem: played.find(({ problem }) => problem !== null)?.problem ?? null,
  };
}

async function playOn(stage: Parameters<Act>[0], acts: readonly Act[]): Promise<string | null> {
  try {
    for (const act of acts) await act(stage);
    return null;
  } catch (error) {
    if (error instanceof NotSeen) return error.message;
    throw error;
  }
}
