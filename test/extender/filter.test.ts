import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { filter } from '../../extender/filter.ts';
import type { KnownNode } from '../../extender/score/score.ts';
import { TIERS } from '../../src/model/tier.ts';
import { knownNodes } from './arbitraries.ts';

const node = (critical: number, capable = true): KnownNode => ({
  capable,
  facts: {
    machine: { cpus: 8, threads: 1, reserve: 1 },
    demand: { critical, high: 0, normal: 0, low: 0, background: 0, system: 0 },
    pressure: 0,
  },
});

const fleet = new Map<string, KnownNode | null>([
  ['roomy', node(0)],
  ['full', node(7000)],
  ['bare', node(0, false)],
  ['unknown', null],
]);
const names = [...fleet.keys()];
const lookup = (name: string) => fleet.get(name) ?? null;

test('Critical and High keep off what is known to be wrong for them', () => {
  for (const tier of ['critical', 'high'] as const) {
    const { passed, failed, spared } = filter({ key: 'u', tier, requestMilli: 1000 }, names, lookup);
    assert.deepEqual(passed, ['roomy', 'unknown']);
    assert.deepEqual(
      [...failed],
      [
        ['full', 'no-room'],
        ['bare', 'cannot-protect'],
      ],
    );
    assert.equal(spared, false);
  }
});

test('the other tiers pass everywhere', () => {
  for (const tier of ['normal', 'low', 'background'] as const) {
    assert.deepEqual(filter({ key: 'u', tier, requestMilli: 1000 }, names, lookup).passed, names);
  }
});

test('if nothing would be left, all pass', () => {
  const result = filter({ key: 'u', tier: 'critical', requestMilli: 1000 }, ['full', 'bare'], lookup);
  assert.deepEqual(result, { passed: ['full', 'bare'], failed: new Map(), spared: true });
  assert.equal(filter({ key: 'u', tier: 'critical', requestMilli: 1 }, [], lookup).spared, false);
});

test('no pod ever loses its last node, and each name is passed or failed with a reason', () => {
  const nodes = fc.array(fc.option(knownNodes), { maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(...TIERS), fc.nat(9000), nodes, (tier, requestMilli, list) => {
      const all = list.map((_, index) => `n${index}`);
      const { passed, failed } = filter(
        { key: 'u', tier, requestMilli },
        all,
        (name) => list[Number(name.slice(1))] ?? null,
      );
      assert.equal(passed.length === 0, all.length === 0);
      assert.deepEqual([...passed, ...failed.keys()].sort(), [...all].sort());
      for (const name of failed.keys()) assert.notEqual(list[Number(name.slice(1))], null);
    }),
  );
});
