import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { hostPaths } from '../../../agent/host/paths.ts';
import type { Placement } from '../../../agent/layers/desired.ts';
import { createNodeLoad } from '../../../agent/reconcile/node-load.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const placements: readonly Placement[] = [
  { uid: 'a', tier: 'high', layer: 'high', reason: 'r', cgroup: { path: 'a', id: 1n } },
  { uid: 'b', tier: 'high', layer: 'high', reason: 'r', cgroup: { path: 'b', id: 2n } },
  { uid: 'c', tier: 'system', layer: 'system-pods', reason: 'r', cgroup: { path: 'c', id: 3n } },
  { uid: 'd', tier: 'low', layer: 'low', reason: 'r', cgroup: null },
];

function rig(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'temper-load-'));
  t.after(() => rmSync(root, { recursive: true }));
  const paths = hostPaths(root);
  const clock = new FakeClock();
  const waiting: Array<() => void> = [];
  const sampled = (): void => waiting.shift()?.();
  const load = createNodeLoad({ paths, clock, placements: () => placements, sampled });
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  return {
    load,
    clock,
    next: () => new Promise<void>((resolve) => void waiting.push(resolve)),
    used: (name: string, usec: number) => write(join(paths.cgroup, name, 'cpu.stat'), `usage_usec ${usec}\n`),
    pressure: (avg10: string) =>
      write(join(paths.proc, 'pressure/cpu'), `some avg10=${avg10} avg60=0.00 avg300=0.00 total=1\n`),
  };
}

test('use is told by tier from the second sample on, 30 s after the first', async (t) => {
  const { load, clock, next, used, pressure } = rig(t);
  for (const name of ['a', 'b', 'c']) used(name, 1_000_000);
  const first = next();
  load.start();
  await first;
  assert.deepEqual(load.measured, { usedMilliByTier: {}, pressureSome10: null });
  used('a', 16_000_000);
  used('b', 31_000_000);
  used('c', 4_000_000);
  pressure('12.50');
  const second = next();
  clock.advance(29_999);
  assert.deepEqual(load.measured.usedMilliByTier, {});
  clock.advance(1);
  await second;
  assert.deepEqual(load.measured, { usedMilliByTier: { high: 1500, system: 100 }, pressureSome10: 12.5 });
  // The next one is set up after `sampled` was called.
  await Promise.resolve();
  load.stop();
  assert.deepEqual(clock.pending, []);
});
