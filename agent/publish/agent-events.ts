import type { EventNote } from '../../src/kube/event-book.ts';
import type { SafeMode } from '../safemode/safe-mode.ts';
import type { SchedulerExit } from '../scheduler/scheduler.ts';

/** What people should hear of without asking: each has an Event on the Node when it begins or ends. */
export interface Notable {
  /** Why the gate refuses the node; null where it does not. */
  readonly refusal: string | null;
  /** Why Critical pods run outside their fence; null where they do not. */
  readonly demotion: string | null;
  readonly lastExit: SchedulerExit | null;
  /** Why enforcement was given up until somebody asks for it; null where it was not. */
  readonly latched: string | null;
  readonly safeMode: SafeMode;
}

const HANDOVER_FAILED = 'HandoverFailed';

export const NOTHING_NOTABLE: Notable = {
  refusal: null,
  demotion: null,
  lastExit: null,
  latched: null,
  safeMode: { sources: [], reason: null },
};

/** The events that lead from one state to the next. */
export function eventsBetween(before: Notable, after: Notable): readonly EventNote[] {
  return [
    ...stretch(before.refusal, after.refusal, {
      begun: (why) => warning('EnforcementRefused', 'Enforce', `The node stays on the stock scheduler: ${why}`),
      over: normal('EnforcementPossible', 'Enforce', 'What kept the node from enforcing is gone'),
    }),
    ...stretch(before.demotion, after.demotion, {
      begun: (why) => warning('CriticalDemoted', 'Fence', `Critical pods run without their fence: ${why}`),
      over: normal('CriticalFenced', 'Fence', 'Critical pods have their fence again'),
    }),
    ...ejection(before.lastExit, after.lastExit),
    ...stretch(before.latched, after.latched, {
      begun: (why) => warning('EnforcementLatched', 'Enforce', `Given up until it is reloaded: ${why}`),
      over: normal('EnforcementReleased', 'Enforce', 'The scheduler is tried again'),
    }),
    ...stretch(requested(before.safeMode), requested(after.safeMode), {
      begun: (why) => normal('SafeModeEntered', 'StandDown', `The node is on the stock scheduler: ${why}`),
      over: normal('SafeModeLeft', 'StandDown', 'Nothing asks for safe mode any more'),
    }),
  ];
}

/** Whether an agent that waits for another one says it too: the other cannot know. */
export function isOfNewcomer({ reason }: EventNote): boolean {
  return reason === HANDOVER_FAILED;
}

/** Not having read the sources yet is how each start begins, and no news. */
function requested({ sources, reason }: SafeMode): string | null {
  return sources.every((source) => source === 'not-read-yet') ? null : reason;
}

function stretch(
  before: string | null,
  after: string | null,
  events: { readonly begun: (why: string) => EventNote; readonly over: EventNote },
): readonly EventNote[] {
  if (before === after) return [];
  return [after === null ? events.over : events.begun(after)];
}

/** Exits that nobody asked for and that are no fault of a config. */
function ejection(before: SchedulerExit | null, after: SchedulerExit | null): readonly EventNote[] {
  if (after === null || after.class === 'asked' || after.class === 'hotplug') return [];
  if (before !== null && before.at === after.at && before.class === after.class) return [];
  if (after.isStandby) {
    const note = `A second scheduler did not come up (${after.class}), the first goes on: ${after.detail}`;
    return [warning(HANDOVER_FAILED, 'Enforce', note)];
  }
  return [warning('SchedulerEjected', 'Enforce', `The scheduler ended (${after.class}): ${after.detail}`)];
}

function warning(reason: string, action: string, note: string): EventNote {
  return { type: 'Warning', reason, action, note };
}

function normal(reason: string, action: string, note: string): EventNote {
  return { type: 'Normal', reason, action, note };
}
