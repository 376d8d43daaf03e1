import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOptions } from '../../../bench/kernel/options.ts';
import { batchTiers, nameOf, windowsOf } from '../../../bench/kernel/plan.ts';
import { CannotRun } from '../../../scripts/making/cannot-run.ts';

test('each round has the same windows and begins with another arm', () => {
  const { plan } = readOptions([]);
  const rounds = [0, 1, 2, 3, 4].map((round) => windowsOf(plan, round));
  const [first = [], ...later] = rounds.map((windows) => windows.map(nameOf).sort());
  assert.equal(new Set(first).size, first.length);
  for (const windows of later) assert.deepEqual(windows, first);
  assert.equal(new Set(rounds.map(([window]) => window?.arm)).size, 5);
});

test('an arm is entered once a round', () => {
  const arms = windowsOf(readOptions([]).plan, 2).map(({ arm }) => arm);
  const entered = arms.filter((arm, index) => arm !== arms[index - 1]);
  assert.deepEqual(entered, ['knobs', 'upstream', 'temper', 'isolated', 'stock']);
});

test('nothing is pinned apart from its own tier, and nothing is measured of nothing', () => {
  const windows = windowsOf(readOptions(['--loads', '0,1']).plan, 0);
  assert.equal(
    windows.some(({ arm, kind }) => arm === 'isolated' && kind === 'others'),
    false,
  );
  assert.equal(windows.map(nameOf).includes('stock none 0x'), false);
  assert.ok(windows.map(nameOf).includes('stock none 1x'));
  const alone = windowsOf(readOptions(['--loads', '0.5']).plan, 0).filter(({ kind }) => kind === 'tiers');
  assert.deepEqual(alone.map(nameOf), ['stock none 0.5x', 'knobs none 0.5x', 'upstream none 0.5x', 'temper none 0.5x']);
});

test('a batch is spread over the tiers below', () => {
  assert.deepEqual(batchTiers(2, 2), ['normal', 'low', 'background', 'normal']);
  assert.deepEqual(batchTiers(0, 2), []);
  assert.equal(batchTiers(0.5, 2).length, 1);
});

test('words that are not understood are told with the usage', () => {
  for (const args of [['--arms', 'temper,best'], ['--loads', '1,-2'], ['--rounds', '0'], ['--tier', 'normal'], ['x']]) {
    assert.throws(
      () => readOptions(args),
      (error) => error instanceof CannotRun && error.message.includes('--smoke'),
    );
  }
});

test('a smoke run is short unless told otherwise', () => {
  const { plan } = readOptions(['--smoke', '--rounds', '2']);
  assert.equal(plan.rounds, 2);
  assert.equal(plan.samples, 100);
  assert.deepEqual(readOptions(['--others', '-']).plan.others, []);
});
