import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readOptions } from '../../../bench/kernel/options.ts';
import { keepRound, keptRound } from '../../../bench/kernel/rounds.ts';

test('a round is taken up again by its own commit and plan only', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rounds-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { plan } = readOptions(['--rounds', '2']);
  const origin = { commit: 'abc', plan };
  assert.equal(keptRound(folder, 0, origin), null);
  keepRound(folder, 0, { ...origin, windows: [] });
  assert.deepEqual(keptRound(folder, 0, origin), []);
  assert.deepEqual(keptRound(folder, 0, { ...origin, plan: { ...plan, rounds: 4 } }), [], 'more rounds of the same');
  assert.equal(keptRound(folder, 1, origin), null);
  assert.throws(() => keptRound(folder, 0, { ...origin, commit: 'def' }), /another commit/);
  assert.throws(() => keptRound(folder, 0, { ...origin, plan: { ...plan, samples: 5 } }), /another commit or plan/);
});
