import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { onLadder, onMultiples, PRESSURE_RUNGS } from '../../../agent/publish/steps.ts';
import { type TierLoadInput, tierLoad } from '../../../agent/publish/tier-load.ts';
import { TIERS, type TierOrSystem } from '../../../src/model/tier.ts';
import { decodeTierLoad, encodeTierLoad } from '../../../src/model/tier-load.ts';

const pod = (tier: TierOrSystem, requestMilli: number) => ({ tier, requestMilli });

const input = (changes: Partial<TierLoadInput> = {}): TierLoadInput => ({
  pods: [],
  usedMilliByTier: {},
  pressureSome10: 0,
  machine: { cpus: { length: 8 }, threads: 2 },
  reserveCores: 1,
  protection: 'ready',
  heartbeatMs: 300_000,
  now: Date.UTC(2026, 10, 21, 10),
  previous: null,
  ...changes,
});

test('counts and requests are exact, what is measured comes in steps', () => {
  const pods = [pod('critical', 1500), pod('critical', 501), pod('system', 100), pod('background', 0)];
  const load = tierLoad(input({ pods, usedMilliByTier: { critical: 1_250 }, pressureSome10: 7 }));
  assert.deepEqual(load.tiers.critical, { pods: 2, requestMilli: 2001, usedMilli: 1_200 });
  assert.deepEqual(load.tiers.background, { pods: 1, requestMilli: 0 });
  assert.deepEqual(load.system, { pods: 1, requestMilli: 100 });
  assert.deepEqual([load.pressureSome10, load.cores, load.threads, load.reserveCores], [5, 8, 2, 1]);
});

test('what is not measured is left out: 0 is a measurement, too', () => {
  const pods = [pod('high', 1000), pod('low', 500)];
  const load = tierLoad(input({ pods, usedMilliByTier: { low: 0 }, pressureSome10: null }));
  assert.deepEqual(
    [load.tiers.high, load.tiers.low],
    [
      { pods: 1, requestMilli: 1000 },
      { pods: 1, requestMilli: 500, usedMilli: 0 },
    ],
  );
  assert.deepEqual(JSON.parse(encodeTierLoad(load)), {
    v: 1,
    at: '2026-11-21T10:00:00.000Z',
    hb: 300,
    cores: 8,
    threads: 2,
    reserveCores: 1,
    protection: 'ready',
    tiers: { high: { pods: 1, requestMilli: 1000 }, low: { pods: 1, requestMilli: 500, usedMilli: 0 } },
    system: { pods: 0, requestMilli: 0 },
  });
});

test('noise around the border of two steps does not change the load', () => {
  const pods = [pod('normal', 100)];
  let previous = tierLoad(input({ pods, usedMilliByTier: { normal: 1_000 }, pressureSome10: 3 }));
  const first = encodeTierLoad(previous);
  for (const [used, pressure] of [
    [1_010, 2.9],
    [990, 3.2],
    [1_100, 2.1],
    [900, 3.9],
  ] as const) {
    previous = tierLoad(input({ pods, usedMilliByTier: { normal: used }, pressureSome10: pressure, previous }));
    assert.equal(encodeTierLoad(previous), first);
  }
  const moved = tierLoad(input({ pods, usedMilliByTier: { normal: 1_700 }, pressureSome10: 30, previous }));
  assert.deepEqual([moved.tiers.normal.usedMilli, moved.pressureSome10], [1_600, 25]);
});

test('noise of less than half a step changes a value once at most', () => {
  const noise = fc.array(fc.double({ min: -0.24, max: 0.24, noNaN: true }), { minLength: 2, maxLength: 50 });
  fc.assert(
    fc.property(fc.double({ min: 0, max: 100, noNaN: true }), noise, (middle, all) => {
      const seen = new Set<number>();
      let previous: number | undefined;
      for (const each of all) {
        previous = onMultiples(middle + each * 4, 4, previous);
        seen.add(previous);
      }
      assert.ok(seen.size <= 2 && Math.abs((previous ?? 0) - middle) <= 4);
      let changes = 0;
      let rung = onLadder(middle, PRESSURE_RUNGS, undefined);
      for (const each of all) {
        const next = onLadder(middle + each, PRESSURE_RUNGS, rung);
        if (next !== rung) changes += 1;
        rung = next;
      }
      assert.ok(changes <= 1);
    }),
  );
});

test('a step is left when the value has left it clearly, and each rung is its own', () => {
  for (const rung of PRESSURE_RUNGS) {
    assert.equal(onLadder(rung, PRESSURE_RUNGS, undefined), rung);
    for (const other of PRESSURE_RUNGS) assert.equal(onLadder(rung, PRESSURE_RUNGS, other), rung);
  }
  assert.equal(onLadder(3, PRESSURE_RUNGS, 42), 1, 'what is no rung is not held');
  assert.equal(onMultiples(1_000, 400, 1_001), 1_200, 'nor what is of other steps, as after a change of the CPUs');
});

test('an agent may say anything, and a reader takes it, in less than 1 KB', () => {
  const milli = fc.oneof(fc.nat(200_000), fc.double({ min: 0, max: 1e12 }));
  const pods = fc.array(fc.record({ tier: fc.constantFrom(...TIERS, 'system' as const), requestMilli: fc.nat(1e9) }));
  const any = fc.record({
    pods,
    used: fc.record({ critical: milli, normal: milli, background: milli }),
    pressure: fc.oneof(fc.double(), fc.constant(Number.NaN)),
    cores: fc.integer({ min: 1, max: 512 }),
  });
  fc.assert(
    fc.property(any, ({ pods, used, pressure, cores }) => {
      const machine = { cpus: { length: cores }, threads: 2 };
      const text = encodeTierLoad(tierLoad(input({ pods, usedMilliByTier: used, pressureSome10: pressure, machine })));
      assert.ok(decodeTierLoad(text).ok, text);
      assert.ok(Buffer.byteLength(text) < 1024);
    }),
  );
});
