import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Demand } from '../../../extender/score/demand.ts';
import { LEVELS } from '../../../extender/score/levels.ts';
import { type KnownNode, scoreNode } from '../../../extender/score/score.ts';
import { TIERS, type Tier } from '../../../src/model/tier.ts';
import { knownNodes, millis } from '../arbitraries.ts';

const IDLE: Demand = { critical: 0, high: 0, normal: 0, low: 0, background: 0, system: 0 };
const MACHINE = { cpus: 8, threads: 1, reserve: 1 };

function node(demand: Partial<Demand>, capable = true, pressure = 0): KnownNode {
  return { capable, facts: { machine: MACHINE, demand: { ...IDLE, ...demand }, pressure } };
}

const level = (tier: Tier, request: number, known: KnownNode | null): number => scoreNode(tier, request, known).level;

test('a Critical pod never ranks a node that would lose its fence above one that keeps it', () => {
  const worstThatFits = node({ critical: 6000, high: 100_000, normal: 50_000 }, true, 100);
  const bestThatDoesNot = node({ critical: 6001 });
  assert.equal(scoreNode('critical', 1000, worstThatFits).band, 'graded');
  assert.equal(scoreNode('critical', 1000, bestThatDoesNot).band, 'no-room');
  assert.ok(level('critical', 1000, worstThatFits) > level('critical', 1000, bestThatDoesNot));
});

test('a node with one CPU has none to give: no room for protected tiers, the others go on', () => {
  const single: KnownNode = {
    capable: true,
    facts: { machine: { cpus: 1, threads: 1, reserve: 1 }, demand: IDLE, pressure: 0 },
  };
  assert.deepEqual(
    TIERS.map((tier) => level(tier, 100, single)),
    [0, 0, 1, 2, 2],
  );
  assert.equal(scoreNode('critical', 0, single).value, 0);
});

test('protection matters to Critical and High only', () => {
  for (const tier of TIERS) {
    const same = level(tier, 500, node({})) === level(tier, 500, node({}, false));
    assert.equal(same, tier !== 'critical' && tier !== 'high', tier);
  }
});

const tiers = fc.constantFrom(...TIERS);
const kinds = fc.constantFrom('critical', 'high', 'normal', 'low', 'background', 'system' as const);

test('levels are whole numbers from 0 to 10, and a level stops where its value goes on', () => {
  fc.assert(
    fc.property(tiers, millis, fc.option(knownNodes), (tier, request, known) => {
      const score = scoreNode(tier, request, known);
      assert.ok(Number.isInteger(score.level) && score.level >= 0 && score.level <= 10);
      assert.ok(Number.isFinite(score.value));
      if (score.band === 'graded' && score.value <= 0) assert.equal(score.level, LEVELS[tier].bottom);
      if (score.band === 'graded' && score.value >= 1) assert.equal(score.level, 10);
      assert.ok(Number.isSafeInteger(score.needMilli) && Number.isSafeInteger(score.capacityMilli));
    }),
  );
});

test('more load on a node never raises its level by contention and never lowers it by packing', () => {
  fc.assert(
    fc.property(tiers, millis, knownNodes, kinds, millis, (tier, request, known, kind, more) => {
      const { demand } = known.facts;
      const fuller = { ...known, facts: { ...known.facts, demand: { ...demand, [kind]: demand[kind] + more } } };
      const before = scoreNode(tier, request, known);
      const after = scoreNode(tier, request, fuller);
      const isPacked = tier === 'low' || tier === 'background';
      assert.ok(isPacked ? after.level >= before.level : after.level <= before.level);
      // Values are of one band: a node without room has none to tell.
      if (after.band !== before.band) return;
      assert.ok(isPacked ? after.value >= before.value : after.value <= before.value);
    }),
  );
});

test('more pressure and a larger request never raise a level by contention', () => {
  const contended = fc.constantFrom('critical', 'high', 'normal' as const);
  fc.assert(
    fc.property(contended, millis, millis, knownNodes, (tier, request, more, known) => {
      const { facts } = known;
      const pressed = { ...known, facts: { ...facts, pressure: Math.min(100, facts.pressure + 10) } };
      assert.ok(level(tier, request, pressed) <= level(tier, request, known));
      assert.ok(level(tier, request + more, known) <= level(tier, request, known));
    }),
  );
});

test('a capable node with room is above every node that cannot protect, and above every one without room', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('critical', 'high' as const),
      millis,
      knownNodes,
      fc.option(knownNodes),
      (tier, request, one, other) => {
        const first = scoreNode(tier, request, one);
        const second = scoreNode(tier, request, other);
        if (first.band === 'graded' && second.band !== 'graded') assert.ok(first.level > second.level + 1);
      },
    ),
  );
});
