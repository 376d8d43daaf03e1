import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DoubleFaults } from '../../double/faults.ts';
import { isProvenStock, memberConfig, prefixConfig, type Rig, rig } from './support.ts';

const CONFIGS = [
  prefixConfig('a'),
  prefixConfig('b'),
  prefixConfig('bad'),
  memberConfig([[21n, 1]]),
  memberConfig([[21n, 0]]),
  memberConfig([[21n, 1]], 'bad'),
  memberConfig([[21n, 1]], '', 'other-shape'),
];

const ms = (max: number) => fc.option(fc.nat(max), { nil: undefined, freq: 1 });

const fault = fc
  .record({
    refuses: fc.boolean(),
    neverAttaches: fc.boolean(),
    wrongLayers: fc.boolean(),
    hangsOnSigterm: fc.boolean(),
    panicsAtStart: fc.boolean(),
    refusesNumbers: fc.boolean(),
    withoutNumbers: fc.boolean(),
    controlGarbage: fc.boolean(),
    memberCapacity: fc.constantFrom(undefined, 0),
    controlSilent: fc.boolean(),
    socket: fc.constantFrom(undefined, 'silent' as const, 'garbage' as const, 'missing' as const),
    diesAfterMs: ms(5_000),
    ejectedAfterMs: ms(5_000),
    hotplugAfterMs: ms(5_000),
    lostAfterMs: ms(5_000),
    releaseMs: ms(2_400),
    startMs: ms(20_000),
    neverReady: fc.boolean(),
    readyTwice: fc.boolean(),
    doesNotStandBy: fc.boolean(),
    diesWaitingMs: ms(200),
    takesOverAfterMs: ms(15_000),
  })
  // One or two at a time: with all of them nothing would ever attach.
  .chain((all) =>
    fc
      .subarray(Object.keys(all), { maxLength: 2 })
      .map((keys) => Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key)))),
  );

type Act = (it: Rig) => void | Promise<void>;

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(...CONFIGS).map(
      (config): Act =>
        (it) =>
          it.enforce(config),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.boolean().map(
      (urgent): Act =>
        (it) =>
          it.stock(urgent),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Act>((it) => it.scheduler.reload()) },
  // Into the middle of a hand-over, or to its end.
  {
    weight: 2,
    arbitrary: fc.record({ first: fc.constantFrom(...CONFIGS), wait: fc.integer({ min: 500, max: 3_500 }) }).map(
      ({ first, wait }): Act =>
        async (it) => {
          it.world.faults = {};
          it.enforce(first);
          await it.advance(3_000);
          it.enforce(memberConfig([[21n, 1]], '', `shape-${first.hash}`));
          await it.advance(wait);
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('all' as const, 'attached' as const, 'standby' as const).map(
      (which): Act =>
        (it) =>
          it.world.kill(which),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(null, null, 'short of memory').map(
      (shortage): Act =>
        (it) => {
          it.shortage = shortage;
        },
    ),
  },
  {
    weight: 3,
    arbitrary: fault.map(
      (faults): Act =>
        (it) => {
          it.world.faults = faults as DoubleFaults;
        },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constant<Act>((it) => {
      it.world.faults = {};
    }),
  },
  {
    weight: 6,
    arbitrary: fc.oneof(fc.nat(800), fc.integer({ min: 2_500, max: 6_000 })).map(
      (wait): Act =>
        (it) =>
          it.advance(wait),
    ),
  },
);

test('whatever happens, stock is reached within its bound when it is wanted, and enforcement when nothing is wrong', async () => {
  let enforced = 0;
  let handedOver = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40 }), async (acts) => {
      const it = rig({ isPatched: true });
      let generation = 0;
      for (const one of acts) {
        await one(it);
        await it.advance(25);
        assert.ok(it.world.alive - it.world.waiting <= 1, 'two children');
        assert.ok(it.world.waiting <= 1, 'two standbys');
        assert.ok(it.scheduler.state.generation >= generation);
        generation = it.scheduler.state.generation;
        if (it.scheduler.state.config !== null) enforced += 1;
      }
      handedOver += it.updates.filter(([kind]) => kind === 'handover').length;
      it.stock();
      await it.until('stock', () => isProvenStock(it), 3_600);
      const starts = it.world.started.length;
      await it.advance(3_000);
      assert.equal(it.world.started.length, starts, 'stock stays');
      it.world.faults = {};
      it.scheduler.reload();
      it.enforce(prefixConfig('z'));
      await it.until('enforcing', ({ phase }) => phase === 'enforcing', 5_000);
    }),
    { numRuns: 150 },
  );
  assert.ok(enforced > 50, `only ${enforced} looks while enforcing`);
  assert.ok(handedOver > 20, `only ${handedOver} hand-overs`);
});
