import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Reservation } from '../../../extender/reservations/reservation.ts';
import { Reservations } from '../../../extender/reservations/reservations.ts';
import { MAX_TENTATIVE, TENTATIVE_MS } from '../../../extender/reservations/tentative.ts';
import { type Demand, NO_DEMAND } from '../../../extender/score/demand.ts';
import { TIERS } from '../../../src/model/tier.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { podViewOf } from '../../support/pod-view.ts';

/** A report that counts so many Critical pods; none tells nothing about those that are bound. */
const reportAt = (at: number, critical = 0) => ({ at, pods: { ...NO_DEMAND, critical } });

function setUp() {
  const clock = new FakeClock();
  const counts = { dropped: 0 };
  const reservations = new Reservations(clock, () => {
    counts.dropped += 1;
  });
  const critical = (node: string): number => reservations.on(node, null)?.critical ?? 0;
  const prefer = (uid: string, node: string, milli = 500): void =>
    reservations.prefer({ uid, node, tier: 'critical', milli, controller: '' });
  const bind = (uid: string, node: string, boundAt = clock.now(), milli = 500): void => {
    reservations.arrived(podViewOf({ tier: 'critical' }), node);
    reservations.bind({ uid, node, tier: 'critical', milli, boundAt });
  };
  const pass = (ms: number): void => {
    clock.advance(ms);
    reservations.settle();
  };
  return { clock, reservations, counts, critical, prefer, bind, pass };
}

test('a preferred pod counts for five seconds', () => {
  const { prefer, critical, pass } = setUp();
  prefer('u', 'a');
  assert.equal(critical('a'), 500);
  pass(TENTATIVE_MS - 1);
  assert.equal(critical('a'), 500);
  pass(1);
  assert.equal(critical('a'), 0);
});

test('asked again, it counts once, on the node of the latest answer, for five more seconds', () => {
  const { prefer, critical, pass } = setUp();
  prefer('u', 'a');
  pass(4000);
  prefer('u', 'b', 700);
  assert.deepEqual([critical('a'), critical('b')], [0, 700]);
  pass(4000);
  assert.equal(critical('b'), 700);
  pass(1000);
  assert.equal(critical('b'), 0);
});

test('bound elsewhere: firm where it is, no more where it was expected', () => {
  const { prefer, bind, critical, pass, reservations } = setUp();
  prefer('u', 'a');
  bind('u', 'b');
  assert.deepEqual([critical('a'), critical('b')], [0, 500]);
  pass(3_600_000);
  assert.equal(critical('b'), 500, 'without a report it stays');
  assert.deepEqual(reservations.counts, { tentative: 0, firm: 1 });
});

test('firm until the report covers it', () => {
  const { clock, bind, critical, reservations } = setUp();
  bind('u', 'a');
  const boundAt = clock.now();
  reservations.reported('a', reportAt(boundAt - 1));
  assert.equal(critical('a'), 500);
  clock.advance(6000);
  reservations.reported('a', reportAt(boundAt + 4999));
  assert.equal(critical('a'), 500, 'perhaps from a view before the binding');
  reservations.reported('a', reportAt(boundAt + 5000));
  assert.equal(critical('a'), 0);
});

test('a report soon after the binding covers it when a minute has passed without another', () => {
  const { clock, bind, critical, reservations, pass } = setUp();
  bind('u', 'a');
  const boundAt = clock.now();
  pass(2000);
  reservations.reported('a', reportAt(boundAt + 1000));
  pass(57_999);
  assert.equal(critical('a'), 500);
  pass(1001);
  assert.equal(critical('a'), 0);
});

test('a report that counts as many pods as are bound covers them at once', () => {
  const { clock, bind, critical, reservations } = setUp();
  const now = clock.now();
  bind('old', 'a', now - 3_600_000);
  reservations.reported('a', reportAt(now - 60_000, 1));
  bind('first', 'a', now - 2000);
  bind('second', 'a', now - 1000);
  assert.equal(critical('a'), 1000);
  reservations.reported('a', reportAt(now - 500, 2));
  assert.equal(critical('a'), 500, 'the earlier one is counted, the latest is not yet');
  bind('third', 'a', now - 100);
  assert.equal(critical('a'), 1000, 'bound after the report');
  reservations.reported('a', reportAt(now, 4));
  assert.equal(critical('a'), 0);
});

test('pods of another tier or on another node prove nothing', () => {
  const { clock, bind, critical, reservations } = setUp();
  bind('u', 'a', clock.now() - 1000);
  reservations.reported('a', { at: clock.now(), pods: { ...NO_DEMAND, high: 5 } });
  reservations.reported('b', reportAt(clock.now(), 5));
  assert.equal(critical('a'), 500);
});

test('a pod that has left is not waited for', () => {
  const { clock, bind, critical, reservations } = setUp();
  const now = clock.now();
  bind('gone', 'a', now - 3_600_000);
  bind('new', 'a', now - 1000);
  reservations.left(podViewOf({ tier: 'critical' }), 'a');
  reservations.release('gone');
  reservations.reported('a', reportAt(now, 1));
  assert.equal(critical('a'), 0);
});

test('pods bound before we started are covered by what the nodes report, in whatever order the lists come', () => {
  for (const nodesFirst of [true, false]) {
    const { clock, bind, critical, reservations } = setUp();
    const now = clock.now();
    const report = (): void => reservations.reported('a', reportAt(now - 1000));
    if (nodesFirst) report();
    bind('old', 'a', now - 3_600_000);
    bind('a minute', 'a', now - 60_000);
    bind('soon after', 'a', now - 3000);
    bind('since', 'a', now - 500);
    if (!nodesFirst) report();
    assert.equal(critical('a'), 1000, 'the two latest');
  }
});

test('a report is no younger than its arrival, whatever the clock of its node says', () => {
  const { clock, bind, critical, reservations } = setUp();
  reservations.reported('a', reportAt(clock.now() + 50_000));
  clock.advance(1000);
  bind('u', 'a');
  clock.advance(9000);
  // Seen again in a relist it is still the report of ten seconds ago.
  reservations.reported('a', reportAt(clock.now() + 40_000));
  assert.equal(critical('a'), 500);
});

test('a node that stops reporting covers nothing new', () => {
  const { clock, bind, critical, reservations } = setUp();
  reservations.reported('a', reportAt(clock.now()));
  reservations.reported('a', null);
  bind('u', 'a', clock.now() - 3_600_000);
  assert.equal(critical('a'), 500);
});

test('released at once, tentative or firm', () => {
  const { bind, prefer, critical, reservations } = setUp();
  prefer('t', 'a');
  bind('f', 'a');
  reservations.release('t');
  reservations.release('f');
  reservations.release('never there');
  assert.equal(critical('a'), 0);
  assert.equal(reservations.on('a', null), null);
});

test('the pod being scored does not count itself', () => {
  const { prefer, reservations } = setUp();
  prefer('u', 'a', 700);
  prefer('v', 'a', 300);
  const own = reservations.of('u');
  assert.equal(reservations.on('a', own)?.critical, 300);
  assert.equal(reservations.on('b', own), null);
  assert.equal(reservations.on('a', reservations.of('unheard of'))?.critical, 1000);
});

test('bounded: the oldest expectation makes room and is counted', () => {
  const { prefer, critical, counts, reservations } = setUp();
  for (let index = 0; index < MAX_TENTATIVE; index += 1) prefer(`u${index}`, 'a', 1);
  assert.equal(counts.dropped, 0);
  prefer('one more', 'b', 1);
  assert.equal(counts.dropped, 1);
  assert.equal(critical('a'), MAX_TENTATIVE - 1);
  assert.equal(reservations.of('u0'), null);
  prefer('u5', 'b', 1);
  assert.equal(counts.dropped, 1, 'a pod asked for again takes no more room');
});

// The sums are kept up step by step; they must be what adding up the pods afresh would give.
type Step =
  | {
      readonly do: 'prefer' | 'bind';
      readonly uid: string;
      readonly node: string;
      readonly tier: number;
      readonly milli: number;
    }
  | { readonly do: 'release'; readonly uid: string }
  | { readonly do: 'report'; readonly node: string; readonly age: number }
  | { readonly do: 'pass'; readonly ms: number };

const UIDS = ['u1', 'u2', 'u3', 'u4', '__proto__'];
const NODES = ['a', 'b', 'constructor'];
const uid = fc.constantFrom(...UIDS);
const node = fc.constantFrom(...NODES);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('prefer', 'bind'), uid, node, tier: fc.nat(4), milli: fc.nat(5000) }),
  fc.record({ do: fc.constant('release' as const), uid }),
  fc.record({ do: fc.constant('report' as const), node, age: fc.nat(20_000) }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.nat(8000) }),
);

/** @param bound the pods that are bound: as its caller does, one of them is not expected anywhere */
function take(one: Step, { clock, reservations }: ReturnType<typeof setUp>, bound: Set<string>): void {
  switch (one.do) {
    case 'pass':
      clock.advance(one.ms);
      break;
    case 'release':
      bound.delete(one.uid);
      reservations.release(one.uid);
      break;
    case 'report':
      reservations.reported(one.node, reportAt(clock.now() - one.age));
      break;
    default: {
      const reservation = {
        uid: one.uid,
        node: one.node,
        tier: TIERS[one.tier] ?? 'low',
        milli: one.milli,
        controller: '',
      };
      if (one.do === 'bind') {
        bound.add(one.uid);
        reservations.bind({ ...reservation, boundAt: clock.now() });
      } else if (!bound.has(one.uid)) reservations.prefer(reservation);
    }
  }
  reservations.settle();
}

/** What adding up the pods that are held gives for a node. */
function addedUp(held: readonly Reservation[], node: string): Demand {
  const sums = { ...NO_DEMAND };
  for (const { node: on, tier, milli } of held) if (on === node) sums[tier] += milli;
  return sums;
}

test('the sums are those of the pods that are held', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const rig = setUp();
      const { reservations } = rig;
      const bound = new Set<string>();
      for (const one of steps) {
        take(one, rig, bound);
        const held = UIDS.flatMap((name) => reservations.of(name) ?? []);
        for (const name of NODES) assert.deepEqual(reservations.on(name, null) ?? NO_DEMAND, addedUp(held, name));
        assert.equal(reservations.counts.tentative + reservations.counts.firm, held.length);
      }
    }),
    { numRuns: 300 },
  );
});
