import type { Desired } from '../layers/desired.ts';
import type { SchedulerState } from '../scheduler/scheduler.ts';
import type { AgentStatus } from '../status.ts';
import type { Protection } from './situation.ts';

const IN_FORCE: ReadonlySet<SchedulerState['phase']> = new Set(['enforcing', 'updating', 'handing-over']);

interface Shown {
  readonly status: AgentStatus;
  readonly protection: Protection;
}

const shown = (word: AgentStatus['word'], reason: string | null, protection: Protection): Shown => ({
  status: { word, reason },
  protection,
});

/** What to say while enforcement is wanted, by what the scheduler has come to. */
export function enforcingStatus(scheduler: SchedulerState, desired: Desired | null, now: number): Shown {
  const { phase, lastExit, retryAt } = scheduler;
  if (phase === 'latched') return shown('degraded', `latched: ${lastExit?.class ?? 'error'}`, 'none');
  if (phase === 'waiting') {
    // From the failure on, not from now: a text that counts down would be written to the API server every second.
    const seconds = Math.ceil(((retryAt ?? now) - (lastExit?.at ?? now)) / 1000);
    return shown('starting', `retry in ${seconds} s after ${lastExit?.class ?? 'error'}`, 'none');
  }
  if (!IN_FORCE.has(phase)) return shown('starting', null, 'ready');
  if (scheduler.usesLastKnownGood) {
    return shown('degraded', `the last config that worked is in force: ${lastExit?.detail ?? ''}`, 'enforcing');
  }
  if (scheduler.incomplete !== null) return shown('degraded', scheduler.incomplete, 'enforcing');
  return shown(...attached(desired), 'enforcing');
}

function attached(desired: Desired | null): [AgentStatus['word'], string | null] {
  const notice = (id: Desired['notices'][number]['id']) => desired?.notices.find((one) => one.id === id)?.message;
  const over = notice('over-the-limit');
  if (over !== undefined) return ['degraded', over];
  const demoted = notice('critical-demoted');
  return ['enforcing', demoted === undefined ? null : `critical demoted: ${demoted}`];
}
