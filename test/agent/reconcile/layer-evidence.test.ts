import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { hostPaths } from '../../../agent/host/paths.ts';
import type { LayerName, Placement } from '../../../agent/layers/desired.ts';
import { createVerifier } from '../../../agent/reconcile/layer-evidence.ts';
import type { SchedulerConfig } from '../../../agent/scheduler/scheduler.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const configOf = (): SchedulerConfig => ({ layers: [], members: null, shape: 's', hash: 'h' });

function placed(uid: string, layer: LayerName, id: bigint | null = 7n): Placement {
  const cgroup = id === null ? null : { path: `kubepods/pod${uid}`, id };
  return { uid, tier: 'high', layer, reason: 'test', cgroup };
}

function node(t: TestContext, placements: readonly Placement[] | undefined) {
  const root = mkdtempSync(join(tmpdir(), 'temper-evidence-'));
  t.after(() => rmSync(root, { recursive: true }));
  const paths = hostPaths(root);
  const clock = new FakeClock();
  const verify = createVerifier({ paths, clock, placementsOf: () => placements });
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  return {
    clock,
    pod: (uid: string, file: string, text: string) => write(join(paths.cgroup, `kubepods/pod${uid}`, file), text),
    threadsOfMachine: (count: number) => write(join(paths.proc, 'loadavg'), `0.10 0.20 0.30 2/${count} 4711\n`),
    judge: (config: SchedulerConfig, tasks: Partial<Record<LayerName, number>>) => {
      const entries = Object.entries(tasks).map(([name, count]) => [name, { index: 0, tasks: count, util: null }]);
      return verify(
        { layers: Object.fromEntries(entries) },
        { config, except: new Set(), threads: () => Promise.resolve(null) },
      );
    },
  };
}

test('a layer whose pods ran since the attach and that has no task is wrong', async (t) => {
  const it = node(t, [placed('a', 'high')]);
  const config = configOf();
  it.pod('a', 'pids.current', '4\n');
  it.pod('a', 'cpu.stat', 'usage_usec 5000000\n');
  assert.equal(await it.judge(config, { high: 0 }), null, 'what it used before does not count');
  it.pod('a', 'cpu.stat', 'usage_usec 5400000\n');
  assert.match((await it.judge(config, { high: 0 })) ?? '', /pods of layer high used 400 ms/);
  assert.equal(await it.judge(config, { high: 1 }), null);
  assert.equal(await it.judge(configOf(), { high: 0 }), null, 'with another config it begins anew');
});

test('pods whose threads ran and have ended leave an empty layer, and that is no proof', async (t) => {
  const it = node(t, [placed('a', 'high')]);
  const config = configOf();
  it.pod('a', 'cpu.stat', 'usage_usec 0\n');
  assert.equal(await it.judge(config, { high: 0 }), null);
  it.pod('a', 'cpu.stat', 'usage_usec 900000\n');
  assert.equal(await it.judge(config, { high: 2 }), null);
  it.pod('a', 'cpu.stat', 'usage_usec 1800000\n');
  assert.equal(await it.judge(config, { high: 0 }), null, 'the job has ended since the last look');
  it.clock.advance(10_000);
  assert.equal(await it.judge(config, { high: 0 }), null);
  it.pod('a', 'cpu.stat', 'usage_usec 1900000\n');
  it.clock.advance(10_000);
  assert.match((await it.judge(config, { high: 0 })) ?? '', /used 100 ms/, 'what runs while it is empty looks wrong');
  assert.equal(await it.judge(config, { high: 0 }), null, 'and was a job between two looks, as nothing runs now');
});

test('a layer with more tasks than its pods have threads is wrong', async (t) => {
  const it = node(t, [placed('a', 'high', 7n), placed('b', 'high', 8n), placed('c', 'high', null)]);
  it.pod('a', 'pids.current', '40\n');
  it.pod('b', 'pids.current', '40\n');
  assert.equal(await it.judge(configOf(), { high: 116 }), null);
  assert.match((await it.judge(configOf(), { high: 117 })) ?? '', /117 tasks, and 80 threads/);
});

test('without the pids controller threads are counted by their lines, those of containers too', async (t) => {
  const it = node(t, [placed('a', 'high')]);
  it.pod('a', 'cgroup.procs', '');
  it.pod('a', 'container/cgroup.threads', '11\n12\n13\n14\n');
  it.pod('a', 'container/cgroup.procs', '11\n');
  assert.equal(await it.judge(configOf(), { high: 21 }), null);
  assert.match((await it.judge(configOf(), { high: 22 })) ?? '', /22 tasks, and 4 threads/);
});

test('a pod whose cgroup has gone makes the count of its layer unknown, not less', async (t) => {
  const it = node(t, [placed('a', 'high', 7n), placed('gone', 'high', 8n)]);
  it.pod('a', 'pids.current', '1\n');
  assert.equal(await it.judge(configOf(), { high: 999 }), null);
});

test('the catch-all takes no more than the threads that are of no pod', async (t) => {
  const it = node(t, [placed('a', 'high')]);
  it.pod('a', 'pids.current', '300\n');
  assert.equal(await it.judge(configOf(), { rest: 9_999 }), null, 'the machine does not say how many there are');
  it.threadsOfMachine(400);
  assert.equal(await it.judge(configOf(), { rest: 141 }), null);
  assert.match((await it.judge(configOf(), { rest: 142 })) ?? '', /layer rest has 142 tasks, and 100 threads/);
});

test('layers that take pods nobody knows yet are not counted against', async (t) => {
  for (const layer of ['host', 'normal', 'background'] as const) {
    const it = node(t, [placed('a', layer)]);
    it.pod('a', 'pids.current', '1\n');
    assert.equal(await it.judge(configOf(), { [layer]: 999 }), null, layer);
  }
});

test('a config whose placements nobody knows proves nothing', async (t) => {
  const it = node(t, undefined);
  it.threadsOfMachine(1);
  assert.equal(await it.judge(configOf(), { rest: 9_999 }), null);
});

test('the first looks are all made, later ones every ten seconds; what looks wrong is looked at again at once', async (t) => {
  const it = node(t, [placed('a', 'high')]);
  const config = configOf();
  it.pod('a', 'pids.current', '1\n');
  let seen = '';
  for (let second = 0; second < 15; second += 1) {
    // Wrong from the fifth second on: nobody looks before the thirteenth.
    seen += (await it.judge(config, { high: second < 4 ? 1 : 999 })) === null ? '.' : 'x';
    it.clock.advance(1_000);
  }
  assert.equal(seen, '............xxx');
});
