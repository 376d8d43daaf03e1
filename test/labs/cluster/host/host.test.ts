import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CannotRun } from '../../../../scripts/making/cannot-run.ts';
import { type Case, casesFor } from '../../../e2e/case.ts';
import { CASES } from '../../../e2e/cases/index.ts';
import { LAB_CASES } from '../cases/index.ts';
import { addressOf } from '../plane/address.ts';
import { chooseCases } from './choose.ts';
import { readOptions } from './options.ts';
import { report } from './report.ts';
import { readUpState, startOf, writeUpState } from './up-state.ts';

test('names of cases are unique; who cannot run somewhere says why', () => {
  const all = [...CASES, ...LAB_CASES];
  const names = all.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
  assert.ok(names.every((name) => /^[a-z0-9-]+$/.test(name)));
  assert.ok(CASES.length - casesFor('stand-in', CASES).cases.length < CASES.length / 2, 'most run on both');
  for (const { only } of all) if (only !== undefined) assert.ok(only.why.length > 10);
});

test('a case that not each run has runs by name and with --long, and is named where it does not', () => {
  const one = (name: string, more: Partial<Case> = {}): Case => ({
    name,
    what: '',
    run: () => Promise.resolve(),
    ...more,
  });
  const all = [one('short'), one('far', { onRequest: 'it takes too long' })];
  const choose = (...args: string[]) => {
    const { chosen, leftOut } = chooseCases(all, readOptions(args));
    return [chosen.map(({ name }) => name), leftOut];
  };
  assert.deepEqual(choose(), [['short'], ['far: it takes too long']]);
  assert.deepEqual(choose('--long'), [['short', 'far'], []]);
  assert.deepEqual(choose('-k', 'far'), [['far'], []]);
});

test('no verb runs the cases; what is not understood is told with the usage', () => {
  assert.equal(readOptions([]).verb, 'run');
  assert.equal(readOptions(['down']).verb, 'down');
  const { pattern } = readOptions(['-k', 'a', '-k', 'b']);
  assert.deepEqual(
    ['xa', 'bx', 'c'].map((name) => pattern?.test(name)),
    [true, true, false],
  );
  for (const args of [['sideways'], ['up', 'down'], ['--nope']]) {
    assert.throws(
      () => readOptions(args),
      (error) => error instanceof CannotRun && error.message.includes('kubeconfig'),
    );
  }
});

test('each process number has a loopback address of its own, none of which machines use themselves', () => {
  const pids = [1, 255, 256, 257, 65_535, 65_536, 70_000, 4_194_303];
  const addresses = pids.map(addressOf);
  assert.deepEqual(addresses, [...new Set(addresses)]);
  assert.ok(addresses.every((address) => /^127\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./.test(address)));
});

test('a cluster is up as long as its own process lives, whoever has its number later', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'temper-lab-'));
  t.after(() => rmSync(folder, { recursive: true }));
  assert.equal(readUpState(folder), null);
  writeUpState(folder, { url: 'u', kubeconfig: 'k', components: {} });
  const state = readUpState(folder);
  assert.deepEqual([state?.pid, state?.started], [process.pid, startOf(process.pid)]);
  writeFileSync(join(folder, 'state.json'), JSON.stringify({ ...state, started: '1' }));
  assert.equal(readUpState(folder), null);
});

test('the table ends with the sum, and names what failed and what did not run', () => {
  const outcome = (name: string, problems: string[]) => ({ name, ms: 1500, problems, figures: [] });
  const lines = report([outcome('good', []), outcome('bad', ['why'])], ['other: only elsewhere']).split('\n');
  assert.deepEqual(lines.slice(1), [
    'good  passed     1.5 s',
    'bad   FAILED     1.5 s',
    'failed: bad',
    'not run: other: only elsewhere',
    '1 passed, 1 failed',
  ]);
});
