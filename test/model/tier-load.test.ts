import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeTierLoad,
  encodeTierLoad,
  MAX_TIER_LOAD_BYTES,
  type TierLoad,
  type TierTotals,
} from '../../src/model/tier-load.ts';

const totals: fc.Arbitrary<TierTotals> = fc
  .record(
    { pods: fc.nat(250), requestMilli: fc.nat(512_000), usedMilli: fc.nat(512_000) },
    { requiredKeys: ['pods', 'requestMilli'], noNullPrototype: true },
  )
  .map((value) => (value.pods === 0 ? { pods: 0, requestMilli: 0 } : value));

const load: fc.Arbitrary<TierLoad> = fc.record(
  {
    at: fc.integer({ min: 0, max: 4_102_444_800 }).map((seconds) => seconds * 1000),
    heartbeatMs: fc.integer({ min: 10, max: 86_400 }).map((seconds) => seconds * 1000),
    cores: fc.integer({ min: 1, max: 512 }),
    threads: fc.constantFrom(1, 2),
    reserveCores: fc.nat(16),
    protection: fc.constantFrom('enforcing', 'ready', 'none'),
    tiers: fc.record(
      { critical: totals, high: totals, normal: totals, low: totals, background: totals },
      { noNullPrototype: true },
    ),
    system: fc.record({ pods: fc.nat(50), requestMilli: fc.nat(9000) }, { noNullPrototype: true }),
    pressureSome10: fc.nat(100),
  },
  {
    requiredKeys: ['at', 'heartbeatMs', 'cores', 'threads', 'reserveCores', 'protection', 'tiers', 'system'],
    noNullPrototype: true,
  },
);

test('what is written is read back, and stays under 1 KB', () => {
  fc.assert(
    fc.property(load, (value) => {
      const text = encodeTierLoad(value);
      assert.ok(Buffer.byteLength(text) < 1024, `${text.length} bytes`);
      assert.deepEqual(decodeTierLoad(text), { ok: true, value });
    }),
  );
});

test('the example of the contract: empty tiers, no seconds fraction', () => {
  const reading = decodeTierLoad(
    '{"v":1,"at":"2026-11-21T10:00:00Z","hb":300,"cores":8,"reserveCores":1,"protection":"enforcing",' +
      '"tiers":{"critical":{"pods":2,"requestMilli":3000,"usedMilli":1200},"high":{},"normal":{},"low":{},"background":{}},' +
      '"system":{"pods":5,"requestMilli":400},"pressureSome10":1.5}',
  );
  assert.ok(reading.ok);
  assert.equal(reading.value.at, Date.UTC(2026, 10, 21, 10));
  assert.equal(reading.value.heartbeatMs, 300_000);
  assert.equal(reading.value.tiers.critical.requestMilli, 3000);
  assert.equal(reading.value.tiers.high.requestMilli, 0);
});

test('tiers may be left out', () => {
  const reading = decodeTierLoad('{"v":1,"at":"2026-11-21T10:00:00Z","cores":8,"reserveCores":1,"protection":"ready"}');
  assert.ok(reading.ok);
  assert.equal(reading.value.tiers.background.pods, 0);
});

test('each refusal says what is wrong', () => {
  const good = { v: 1, at: '2026-11-21T10:00:00Z', hb: 300, cores: 8, reserveCores: 1, protection: 'ready', tiers: {} };
  const bad: Array<[unknown, string]> = [
    [{ ...good, v: 2 }, 'unknown-version'],
    [{ ...good, v: undefined }, 'invalid'],
    [{ ...good, at: '2026-11-21 10:00' }, 'invalid'],
    [{ ...good, at: 'yesterday' }, 'invalid'],
    [{ ...good, cores: 0 }, 'invalid'],
    [{ ...good, cores: 1e308 }, 'invalid'],
    [{ ...good, cores: 8.5 }, 'invalid'],
    [{ ...good, protection: 'yes' }, 'invalid'],
    [{ ...good, tiers: { critical: { requestMilli: -1 } } }, 'invalid'],
    [{ ...good, tiers: { critical: { requestMilli: Number.MAX_VALUE } } }, 'invalid'],
    [{ ...good, hb: 0 }, 'invalid'],
    [{ ...good, junk: 'x'.repeat(MAX_TIER_LOAD_BYTES) }, 'too-large'],
  ];
  for (const [value, problem] of bad) {
    assert.deepEqual(
      decodeTierLoad(JSON.stringify(value)),
      { ok: false, problem },
      JSON.stringify(value).slice(0, 120),
    );
  }
  assert.deepEqual(decodeTierLoad('{'), { ok: false, problem: 'not-json' });
});
