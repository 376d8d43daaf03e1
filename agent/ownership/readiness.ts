import type { SchedulerPhase } from '../scheduler/scheduler.ts';
import type { AgentStatus } from '../status.ts';
import type { Newcomer } from './newcomer.ts';

/** Of the agent before us: nothing of it is attached, and nothing about to be. */
const NOTHING_TO_LOSE: ReadonlySet<string> = new Set<SchedulerPhase>(['stock', 'waiting', 'latched', 'standing-by']);

/** @param phase of the agent before us, null while it has told none: then the kernel's protection is taken to be at stake */
export function hasToLose(phase: string | null): boolean {
  return phase === null || !NOTHING_TO_LOSE.has(phase);
}

/**
 * Why kubelet must not end the agent before us yet; null where it may. Once we are ready it does, so all that could still
 * show that this version does not work here comes first.
 *
 * @param status as the last turn of the loop decided it; null before the first
 */
export function notReady(
  newcomer: Pick<Newcomer, 'goal' | 'canStandBy' | 'hasToLose' | 'waiting' | 'shortage' | 'lastExit'>,
  status: AgentStatus | null,
): string | null {
  const { goal, waiting, lastExit } = newcomer;
  if (goal === null || status === null) return 'nothing is decided yet';
  if (goal.want === 'stock') return whyOnStock(newcomer, status);
  if (!newcomer.hasToLose) return null;
  if (newcomer.canStandBy === null) return 'its scheduler cannot be asked for its version, so it cannot be run';
  // It would be a restart in any case, and waiting changes nothing about that.
  if (!newcomer.canStandBy || newcomer.shortage !== null) return null;
  if (waiting?.stage === 'ready' && waiting.killAt === null) return null;
  return lastExit === null
    ? 'its scheduler is still loading'
    : `its scheduler did not load (${lastExit.class}): ${lastExit.detail}`;
}

/** Some reasons to stay on stock pass with the start, and some are a fault of this version: what enforces must not end for them. */
function whyOnStock(
  { hasToLose: isAtStake }: Pick<Newcomer, 'hasToLose'>,
  { word, reason }: AgentStatus,
): string | null {
  if (word === 'starting') return reason ?? 'it has just started';
  return word === 'degraded' && isAtStake ? `it would not enforce what is enforced now: ${reason}` : null;
}
