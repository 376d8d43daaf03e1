/** Pods whose entry is there before their containers, and such as are there before the scheduler. */
import assert from 'node:assert/strict';
import { rmdirSync } from 'node:fs';
import { members } from '../../guest/members.ts';
import { removeTree } from '../../guest/pods.ts';
import { until } from '../../guest/until.ts';
import type { Ctx } from '../../runner/case.ts';
import { areIn, type Place, place, run, set, workers } from './scene.ts';

const ARRIVALS = 10;
const SLEEPERS = { mode: 'sleeper', threads: 2, name: 'arrival', work: 500 } as const;
const GONE_MS = 10_000;

/** As kubelet and runtimes make them: the container's directory right after the pod's. */
export async function bornInPods(ctx: Ctx): Promise<void> {
  const { length } = (await members()).members;
  for (let pod = 0; pod < ARRIVALS; pod++) {
    const folder = place(`pods.slice/born-${pod}.slice`);
    await set('other', folder);
    const load = await run(ctx, place(`pods.slice/born-${pod}.slice/deep.slice/container.scope`), SLEEPERS);
    await areIn([load.pid, ...workers(load)], 'other');
    load.kill();
    await removeTree(folder.path);
  }
  ctx.figure('arrivals that were right at the first look', ARRIVALS, `of ${ARRIVALS}`);
  assert.equal((await members()).members.length, length, 'their entries went with their directories');
}

/** Nearest ancestor first: an entry within the pod wins, and gives way to the pod's when it is deleted. */
export async function nested(ctx: Ctx): Promise<void> {
  const pod = place('pods.slice/nested.slice');
  const container = place('pods.slice/nested.slice/container.scope');
  const load = await run(ctx, container, SLEEPERS);
  const threads = workers(load);
  const steps: ReadonlyArray<readonly ['other' | 'crowd' | null, Place, 'other' | 'crowd' | 'rest']> = [
    ['other', pod, 'other'],
    ['crowd', container, 'crowd'],
    [null, container, 'other'],
    [null, pod, 'rest'],
  ];
  for (const [layer, where, expected] of steps) {
    await set(layer, where);
    await until(`the threads are in ${expected}`, () => holds(() => areIn(threads, expected)), GONE_MS);
  }
}

/** What a cgroup leaves behind when it is removed by its owner, without a word to the scheduler. */
export async function gone(): Promise<void> {
  const before = await members();
  const folder = place('pods.slice/gone.slice');
  await set('other', folder);
  assert.equal((await members()).members.length, before.members.length + 1);
  rmdirSync(folder.path);
  assert.deepEqual(await members(), before);
}

async function holds(what: () => Promise<void>): Promise<boolean> {
  return await what().then(
    () => true,
    () => false,
  );
}
