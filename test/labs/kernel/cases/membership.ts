/** Membership that changes while the scheduler stays attached: what `patches/` adds to scx_layered, without the agent. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { capabilities, members } from '../guest/members.ts';
import { PROGRAMS } from '../guest/programs.ts';
import { kernelTruth, layerStatistics, SOCKET, threadTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { bornInPods, gone, nested } from './membership/arrivals.ts';
import { asleepAndSpinning, toAnotherCgroup, withinBpf } from './membership/moves.ts';
import { full, refused } from './membership/refusals.ts';
import { areIn, attach, CAPACITY, clearAtEnd, LAYERS, NEEDS_PATCH, place, run, workers } from './membership/scene.ts';
import { starved } from './membership/starved.ts';

const COUNTED_MS = 10_000;

async function liveMembership(ctx: Ctx): Promise<void> {
  clearAtEnd(ctx);
  const early = place('pods.slice/early.slice');
  const load = await run(ctx, place('pods.slice/early.slice/container.scope'), { mode: 'hog', name: 'early' });
  const scheduler = await attach(ctx, [{ cgroup: early.id, layer: 'other' }]);
  const { enableSeq } = kernelTruth();
  assert.equal((await capabilities())?.members.capacity, CAPACITY, NEEDS_PATCH);
  assert.equal(statSync(SOCKET).mode & 0o077, 0, 'the socket is for root alone');
  assert.deepEqual((await members()).members, [{ cgroup: early.id, layer: 'other' }]);
  await until(
    'the hog has run',
    () =>
      areIn(workers(load), 'other').then(
        () => true,
        () => false,
      ),
    COUNTED_MS,
  );
  load.kill();

  await refused();
  await full(ctx);
  await gone();
  await bornInPods(ctx);
  await nested(ctx);
  await asleepAndSpinning(ctx);
  await toAnotherCgroup(ctx);
  await withinBpf(ctx);
  await starved(ctx);
  await countsAreRight();

  const { state, enableSeq: after } = kernelTruth();
  assert.deepEqual([state, after], ['enabled', enableSeq], scheduler.output());
  scheduler.child.kill('SIGTERM');
  assert.equal(await scheduler.ended, 0, scheduler.output());
}

/** The scheduler's own count of each layer against the layer of each thread. Threads come and go: a look may miss. */
async function countsAreRight(): Promise<void> {
  let counts = {};
  await until(
    'the counts of tasks are right',
    async () => {
      const statistics = await layerStatistics();
      const threads = (await threadTruth(PROGRAMS.layerOf)) ?? [];
      counts = Object.fromEntries(
        LAYERS.map((name, index) => [
          name,
          [statistics.get(name)?.tasks, threads.filter(({ layer }) => layer === index).length],
        ]),
      );
      return Object.values<unknown[]>(counts).every(([said, is]) => said === is);
    },
    COUNTED_MS,
    () => JSON.stringify(counts),
  );
}

export const MEMBERSHIP: readonly Case[] = [
  {
    name: 'live-membership',
    what: 'patched scx_layered by hand: cgroups get and lose their layers while it stays attached, in how long',
    deadlineMs: 600_000,
    machine: { cpus: 4 },
    run: liveMembership,
  },
];
