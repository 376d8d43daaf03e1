// The stopwatch for what is promised within a time, on a machine that is made busy.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { until } from './embedded.ts';
import { inTime, ownTime } from './own-time.ts';

const LIMIT = { timeout: 240_000 };

test('two that would run and have one CPU keep each other waiting, and that is left out', LIMIT, async (t) => {
  const start = performance.now();
  const own = ownTime();
  for (const _ of ['one', 'another']) {
    const busy = spawn('taskset', ['-c', '0', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' });
    t.after(() => busy.kill('SIGKILL'));
  }
  await until('half a second was withheld', () => performance.now() - start - own() > 500);
  const before = own();
  await until('and time passes all the same', () => own() > before + 100);
});

test('who waits for what does not come is not withheld anything', LIMIT, async () => {
  await assert.rejects(
    inTime('it comes', 100, () => false),
    /not within 100 ms.*: it comes/,
  );
});
