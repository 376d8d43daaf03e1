import type { Policy } from '../policy.ts';
import type { KernelReading } from '../ports.ts';
import type { SchedulerConfig } from '../scheduler.ts';
import { newChild } from './new-child.ts';
import type { Machine } from './state.ts';

/** A scheduler that waited, or still loads, beside that of the agent before us, and may attach since that one lets go. */
export interface Heir {
  readonly config: SchedulerConfig;
  readonly isReady: boolean;
  readonly startedAt: number;
  /** By when it must be ready. */
  readonly deadline: number;
  /** Attached is it where the kernel has enabled one since, for the CPUs of then. */
  readonly before: KernelReading;
  /** Why it takes over: the label of the metric. */
  readonly cause: string;
}

/**
 * Begins with the heir as the child that is about to attach, as after a hand-over of our own. What an earlier agent left is
 * not looked for: only where the heir does not come to attach it may be in the way, and then it is, as after any end.
 */
export function inherit(machine: Machine, heir: Heir, now: number, policy: Policy): Machine {
  const { config, isReady, startedAt, before, cause } = heir;
  const serial = machine.serial + 1;
  const deadline = isReady ? now + policy.takeOverMs : heir.deadline;
  const change = { cause, since: now };
  const reason = isReady ? 'the standby attaches' : 'the standby still loads';
  return {
    ...machine,
    phase: 'starting',
    reason: `${cause}: ${reason}`,
    serial,
    child: newChild({ serial, config, isKnownGood: false, change, kind: 'handover', startedAt, before, deadline }, now),
  };
}
