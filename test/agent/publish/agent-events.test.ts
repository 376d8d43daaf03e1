import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsBetween, NOTHING_NOTABLE, type Notable } from '../../../agent/publish/agent-events.ts';
import type { ExitClass } from '../../../agent/scheduler/scheduler.ts';

const notable = (changes: Partial<Notable>): Notable => ({ ...NOTHING_NOTABLE, ...changes });
const exit = (of: ExitClass, at: number) => ({ class: of, detail: 'why', at });
const standbyExit = (of: ExitClass, at: number) => ({ ...exit(of, at), isStandby: true as const });
const reasons = (before: Notable, after: Notable) => eventsBetween(before, after).map(({ reason }) => reason);
const asked = notable({ safeMode: { sources: ['host-file', 'not-read-yet'], reason: 'asked' } });
const unread = notable({ safeMode: { sources: ['not-read-yet'], reason: 'not read yet' } });

const cases: ReadonlyArray<readonly [what: string, before: Notable, after: Notable, reasons: readonly string[]]> = [
  ['nothing', NOTHING_NOTABLE, NOTHING_NOTABLE, []],
  ['refused', NOTHING_NOTABLE, notable({ refusal: 'no BTF' }), ['EnforcementRefused']],
  ['refused for another reason', notable({ refusal: 'a' }), notable({ refusal: 'b' }), ['EnforcementRefused']],
  ['still refused', notable({ refusal: 'a' }), notable({ refusal: 'a' }), []],
  ['no longer refused', notable({ refusal: 'a' }), NOTHING_NOTABLE, ['EnforcementPossible']],
  ['demoted', NOTHING_NOTABLE, notable({ demotion: '9 of 8 cores' }), ['CriticalDemoted']],
  ['fenced again', notable({ demotion: 'x' }), NOTHING_NOTABLE, ['CriticalFenced']],
  ['ejected', NOTHING_NOTABLE, notable({ lastExit: exit('ejected', 5) }), ['SchedulerEjected']],
  ['the same exit', notable({ lastExit: exit('ejected', 5) }), notable({ lastExit: exit('ejected', 5) }), []],
  [
    'ejected again',
    notable({ lastExit: exit('ejected', 5) }),
    notable({ lastExit: exit('ejected', 6) }),
    ['SchedulerEjected'],
  ],
  ['a hand-over failed', NOTHING_NOTABLE, notable({ lastExit: standbyExit('panic', 5) }), ['HandoverFailed']],
  ['a standby of other CPUs', NOTHING_NOTABLE, notable({ lastExit: standbyExit('hotplug', 5) }), []],
  ['ended because we asked', NOTHING_NOTABLE, notable({ lastExit: exit('asked', 5) }), []],
  ['restarted for a CPU', NOTHING_NOTABLE, notable({ lastExit: exit('hotplug', 5) }), []],
  ['latched', NOTHING_NOTABLE, notable({ latched: 'ejected' }), ['EnforcementLatched']],
  ['reloaded', notable({ latched: 'ejected' }), NOTHING_NOTABLE, ['EnforcementReleased']],
  ['safe mode at the start', unread, asked, ['SafeModeEntered']],
  ['safe mode left', asked, NOTHING_NOTABLE, ['SafeModeLeft']],
  ['not read yet is no safe mode', NOTHING_NOTABLE, unread, []],
  ['read, and nothing asks', unread, NOTHING_NOTABLE, []],
];
for (const [what, before, after, expected] of cases) {
  test(`${what}: ${expected.join(', ') || 'no event'}`, () => assert.deepEqual(reasons(before, after), expected));
}

test('an event says why', () => {
  const [event] = eventsBetween(NOTHING_NOTABLE, notable({ lastExit: exit('killed', 1) }));
  assert.deepEqual([event?.type, event?.note], ['Warning', 'The scheduler ended (killed): why']);
});
