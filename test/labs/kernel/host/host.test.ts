import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CannotRun } from '../../../../scripts/making/cannot-run.ts';
import { CASES } from '../cases/index.ts';
import { chooseScx } from '../parts/scx.ts';
import type { Case } from '../runner/case.ts';
import { chooseCases, planBoots } from './boots.ts';
import { readOptions } from './options.ts';

/** Neither --cpus nor --scx nor --boots. */
const AS_ASKED = { cpus: null, scx: null, seed: 1, boots: 1 };
const one = (name: string, more: Partial<Case> = {}): Case => ({
  name,
  what: 'a test',
  deadlineMs: 1_000,
  run: () => Promise.resolve(),
  ...more,
});

test('names are unique, and each case asks for a machine that there can be', () => {
  const names = CASES.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
  assert.ok(names.every((name) => /^[a-z0-9-]+$/.test(name)));
  assert.equal(planBoots(CASES, AS_ASKED).flatMap(({ cases }) => cases).length, CASES.length);
});

test('cases that ask for the same share a guest; one that wants to be alone does not', () => {
  const four = { machine: { cpus: 4 } };
  const cases = [
    one('a'),
    one('b', four),
    one('c'),
    one('d', { alone: true }),
    one('e', { machine: { cpus: 2 } }),
    one('f', four),
  ];
  const names = planBoots(cases, AS_ASKED).map((boot) => boot.cases.map(({ name }) => name).join());
  assert.deepEqual(names, ['a,c,e', 'b,f', 'd']);
  assert.ok(planBoots(cases, { ...AS_ASKED, cpus: 8 }).every(({ shape }) => shape.cpus === 8));
  const kinds = planBoots([one('a'), one('b', { kernel: 'no-sched-ext' }), one('c', { words: ['x'] })], AS_ASKED);
  assert.equal(kinds.length, 3);
  const turns = planBoots([one('a'), one('b', { turnUs: 500 }), one('c', { turnUs: 500 })], AS_ASKED);
  assert.deepEqual(
    turns.map(({ turnUs, cases: held }) => [turnUs, held.map(({ name }) => name).join()]),
    [
      [undefined, 'a'],
      [500, 'b,c'],
    ],
  );
});

test('each of several boots has all cases, with a seed of its own from the first on', () => {
  const cases = [one('a'), one('b'), one('c', { machine: { cpus: 4 } })];
  const boots = planBoots(cases, readOptions(['--seed', '7', '--boots', '3']));
  assert.deepEqual(
    boots.map(({ seed, cases: held }) => [seed, held.map(({ name }) => name).join()]),
    [7, 8, 9].flatMap((seed) => [
      [seed, 'a,b'],
      [seed, 'c'],
    ]),
  );
});

test('long cases run with --long, patterns are alternatives', () => {
  const cases = [one('short'), one('short-two'), one('endless', { long: true })];
  const names = (...args: string[]) => chooseCases(cases, readOptions(args)).cases.map(({ name }) => name);
  assert.deepEqual(names(), ['short', 'short-two']);
  assert.deepEqual(names('--long', '-k', 'two', '-k', 'end'), ['short-two', 'endless']);
  assert.deepEqual(names('-k', 'end'), []);
});

test('a case that has not passed yet runs where it is asked for, and each other run says why not', () => {
  const cases = [one('good'), one('starved', { onRequest: 'the host starves' })];
  const choice = (...args: string[]) => {
    const { cases: chosen, leftOut } = chooseCases(cases, readOptions(args));
    return [chosen.map(({ name }) => name), leftOut];
  };
  assert.deepEqual(choice(), [['good'], ['starved (not measured): the host starves']]);
  assert.deepEqual(choice('-k', 'starved'), [['starved'], []]);
  assert.deepEqual(choice('-k', 'good'), [['good'], []]);
  assert.deepEqual(choice('--long'), [['good', 'starved'], []]);
});

test('a flag that is not understood is told with the usage', () => {
  for (const args of [['--nope'], ['--cpus', 'two'], ['--seed', '0'], ['--threads', 'two'], ['word']]) {
    assert.throws(
      () => readOptions(args),
      (error) => error instanceof CannotRun && error.message.includes('--shell'),
    );
  }
});

test('one run has both schedulers, each in guests of its own, unless one is asked for', () => {
  const cases = [one('a'), one('b', { scheduler: 'patched' }), one('c', { scheduler: 'stock' })];
  const boots = (...args: string[]) =>
    planBoots(cases, readOptions(args)).map(({ scx, cases: held }) => [scx, held.map(({ name }) => name).join()]);
  assert.deepEqual(boots(), [
    ['patched', 'a,b'],
    ['stock', 'c'],
  ]);
  assert.deepEqual(boots('--scx', '/a/scx_layered'), [['/a/scx_layered', 'a,b,c']]);
});

test('by itself a case has the scheduler that the image holds', () => {
  const image = readFileSync('images/agent/Dockerfile', 'utf8');
  assert.match(image, /scx:build > /, 'no --stock');
  assert.deepEqual(
    planBoots([one('a')], AS_ASKED).map(({ scx }) => scx),
    ['patched'],
  );
});

test('a path that is no scheduler is told', () => {
  assert.equal(chooseScx(process.execPath, assert.fail), process.execPath);
  assert.throws(() => chooseScx('/nowhere/scx_layered', assert.fail), CannotRun);
});
