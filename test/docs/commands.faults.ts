// Runs the commands of the documentation that need nothing but this checkout.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { blocks } from './pages.ts';

const runnable = blocks().filter(({ test: how }) => how === 'run');

test('there are commands to run', () => assert.ok(runnable.length >= 2));

for (const { file, text } of runnable) {
  test(`${file}: ${text.trim()}`, () => {
    const { status, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', text], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
}
