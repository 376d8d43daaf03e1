import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between, readCounts } from './bpf-costs.ts';

test('what a wake-up costs is what the programs took in between, for each call of the first', () => {
  const before = readCounts('layered_runnabl 10 1000\nlayered_enqueue 5 900\n');
  const after = readCounts(
    'layered_runnabl 14 1400\nlayered_enqueue 7 1300\nlayered_running 0 0\nlayered_dispatc 1 400\n',
  );
  assert.deepEqual(between(before, after), {
    wakeups: 4,
    nsWaking: 200,
    nsInAll: 300,
    nsPerCall: new Map([
      ['layered_runnabl', 100],
      ['layered_enqueue', 200],
    ]),
  });
  assert.throws(() => between(after, after), /nothing woke up/);
  assert.throws(() => readCounts('what'), /printed: what/);
});
