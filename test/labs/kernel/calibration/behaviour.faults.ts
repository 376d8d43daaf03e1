// The double answers, places and attaches as the real scx_layered does: the tables that the lab's case `calibration`
// holds the real one to.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { hostPaths } from '../../../../agent/host/paths.ts';
import { aliveIn, playKernel } from '../../../double/play-kernel.ts';
import { fileKernel } from '../../../double/sched-ext.ts';
import { until } from '../../../support/embedded.ts';
import { type HostTree, hostTree } from '../../../support/host-tree.ts';
import { converse } from './ask.ts';
import { liveRequest, liveTalk, wrongInLive } from './live.ts';
import { PLACES, PLACES_CONFIG, wrongPlaces } from './places.ts';
import { startDouble } from './start-double.ts';
import { BRIEF, type Look, watch, wrongOrder } from './states.ts';
import { TALK, wrongInTalk } from './talk.ts';

const LIMIT = { timeout: 30_000 };
const NAMES = PLACES_CONFIG.map(({ name }) => name);
/** Every state lasts so long that no look misses it, on a busy machine either. */
const SLOW = { config: PLACES_CONFIG, faults: { kernelMs: 500 } };

function prepare(t: TestContext): { host: HostTree; look: () => Look } {
  const host = hostTree();
  t.after(() => host.dispose());
  t.after(playKernel(host.paths, aliveIn(hostPaths().proc)));
  const kernel = fileKernel(host.paths.sys);
  const look = (): Look => {
    const { state, ops, enableSeq } = kernel.read();
    return { state, ops: ops ?? '', enableSeq: enableSeq ?? 0 };
  };
  return { host, look };
}

test('the double: what it answers, and in which order the kernel tells of it', LIMIT, async (t) => {
  const { host, look } = prepare(t);
  host.write('sys/fs/cgroup/lab.slice/one/cgroup.procs', '1\n');
  const stop = watch(look);
  const { child } = startDouble(t, host, SLOW);
  // Looked at before it is told to end: it is counted a moment after it answers.
  await until('it is counted', () => look().enableSeq === 1);
  assert.deepEqual(wrongInTalk(await answers(host), NAMES), []);
  child.kill('SIGHUP');
  assert.deepEqual(await once(child, 'close'), [0, null]);
  await until('stock', () => look().state === 'disabled');
  assert.deepEqual(wrongOrder(stop()), []);
});

test('the double: told to end while it loads, it ends once it is attached', LIMIT, async (t) => {
  const { host, look } = prepare(t);
  const stop = watch(look);
  const { child, output } = startDouble(t, host, SLOW);
  await until('it loads', () => output() !== '');
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'close'), [0, null]);
  await until('stock', () => look().state === 'disabled');
  assert.deepEqual(wrongOrder(stop(), BRIEF), []);
});

test('the double: where it puts threads', LIMIT, async (t) => {
  const { host } = prepare(t);
  // So many threads that their sum tells which cgroups are in it.
  for (const [at, [cgroup]] of PLACES.entries()) {
    host.write(`sys/fs/cgroup/${cgroup}/cgroup.procs`, '1\n'.repeat(2 ** at));
  }
  startDouble(t, host, { config: PLACES_CONFIG });
  const [, answer = ''] = await answers(host);
  const layers = Object.entries<{ tasks: number }>(JSON.parse(answer).args.resp.layers);
  const found = PLACES.map(([cgroup], at) => {
    const names = layers.filter(([, { tasks }]) => (tasks >> at) % 2 === 1).map(([name]) => name);
    return [cgroup, new Set(names)] as const;
  });
  assert.deepEqual(wrongPlaces(new Map(found)), []);
});

test('the double of the patched one: what it answers beyond that', LIMIT, async (t) => {
  const { host } = prepare(t);
  host.write('sys/fs/cgroup/lab.slice/one/cgroup.procs', '4711\n');
  startDouble(t, host, { config: PLACES_CONFIG, binary: 'patched' });
  const cgroup = `${statSync(join(host.paths.cgroup, 'lab.slice/one'), { bigint: true }).ino}`;
  const lines = liveTalk({ cgroup, gone: '18446744073709551615', tid: 4711 });
  const heard = await answers(host, lines.map(liveRequest));
  assert.deepEqual(
    lines.flatMap((line, at) => wrongInLive(line, heard[at] ?? '{}') ?? []),
    [],
  );
});

/** To all lines; the socket is there a moment after the attach. */
async function answers(host: HostTree, lines = TALK.map(({ line }) => line)): Promise<string[]> {
  let heard: string[] = [];
  await until('it answers', async () => {
    heard = await converse(host.paths.statsSocket, lines).catch(() => []);
    return heard.length > 0;
  });
  return heard;
}
