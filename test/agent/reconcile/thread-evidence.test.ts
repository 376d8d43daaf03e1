import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { hostPaths } from '../../../agent/host/paths.ts';
import type { LayerName, Placement } from '../../../agent/layers/desired.ts';
import { CANNOT_TELL, createThreadEvidence } from '../../../agent/reconcile/thread-evidence.ts';
import type { ThreadLayer } from '../../../agent/scheduler/live/messages.ts';

const NONE: ReadonlySet<bigint> = new Set();

function node(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'temper-evidence-'));
  t.after(() => rmSync(root, { recursive: true }));
  const paths = hostPaths(root);
  const look = createThreadEvidence(paths);
  const layers = new Map<number, Omit<ThreadLayer, 'tid'>>();
  const asked: number[][] = [];
  const placements: Placement[] = [];
  const threads = (tids: readonly number[]): Promise<ThreadLayer[]> => {
    asked.push([...tids]);
    const told = tids.flatMap((tid) =>
      layers.has(tid) ? [{ tid, layer: null, isCurrent: true, ...layers.get(tid) }] : [],
    );
    return Promise.resolve(told);
  };
  const put = (path: string, tids: readonly number[]): void => {
    mkdirSync(join(paths.cgroup, path), { recursive: true });
    writeFileSync(join(paths.cgroup, path, 'cgroup.threads'), tids.map((tid) => `${tid}\n`).join(''));
  };
  return {
    asked,
    placements,
    put,
    pod(uid: string, layer: LayerName, tids: readonly number[]) {
      const path = `kubepods/pod${uid}`;
      put(path, []);
      put(`${path}/container`, tids);
      placements.push({ uid, tier: 'normal', layer, reason: '', cgroup: { path, id: BigInt(placements.length + 2) } });
    },
    is(tid: number, layer: LayerName | null, isCurrent = true) {
      layers.set(tid, { layer, isCurrent });
    },
    look: (except = NONE, ask: Parameters<typeof look>[2] = threads) => look(placements, except, ask),
  };
}

test('a thread that was matched into another layer is wrong; one on its way, not matched yet or gone is not', async (t) => {
  const it = node(t);
  it.pod('a', 'high', [11, 12, 13]);
  it.is(11, 'high');
  it.is(12, 'low', false);
  it.is(13, null);
  assert.equal(await it.look(), null);
  it.is(12, 'low');
  assert.equal(await it.look(), 'thread 12 of pod a is in layer low, not high (1 of 3 looked at)');
  assert.equal(await it.look(new Set([2n])), null, 'known not to be there');
});

test('who was wrong is looked at again whosever turn it is, until the thread is gone or was moved', async (t) => {
  const it = node(t);
  const tids = Array.from({ length: 40 }, (_, index) => 1_000 + index);
  for (const tid of tids) {
    it.pod(`${tid}`, 'high', [tid]);
    it.is(tid, 'high');
  }
  it.is(1_000, 'low');
  for (let look = 0; look < 5; look += 1) assert.match(String(await it.look()), /^thread 1000 of pod 1000 /);
  it.put('kubepods/pod1000/container', []);
  for (let look = 0; look < 5; look += 1) assert.equal(await it.look(), null);
});

test('each look is bounded, and in turn all pods are seen, the oldest and the newest threads of each', async (t) => {
  const it = node(t);
  for (let pod = 0; pod < 100; pod += 1) {
    it.pod(
      `${pod}`,
      'normal',
      Array.from({ length: 50 }, (_, index) => pod * 100 + index + 1),
    );
  }
  for (let look = 0; look < 26; look += 1) await it.look();
  assert.ok(it.asked.every(({ length }) => length <= 64));
  const pods = new Set(it.asked.flat().map((tid) => Math.floor(tid / 100)));
  assert.equal(pods.size, 100);
  const places = new Set(it.asked.flat().map((tid) => tid % 100));
  assert.deepEqual(
    [...places].sort((a, b) => a - b),
    [1, 2, 3, 4, 47, 48, 49, 50],
  );
});

test('a scheduler that does not tell is no proof, and what is not there asks nothing', async (t) => {
  const it = node(t);
  assert.equal(await it.look(), null);
  it.pod('a', 'high', [11]);
  assert.equal(await it.look(NONE, () => Promise.resolve(null)), CANNOT_TELL);
  it.placements.push({ uid: 'b', tier: 'normal', layer: 'low', reason: '', cgroup: { path: 'not/there', id: 9n } });
  it.put('kubepods/poda/container', []);
  assert.equal(await it.look(), null);
  assert.deepEqual(it.asked, []);
});
