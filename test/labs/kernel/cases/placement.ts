import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import type { Driver } from '../guest/cgroup-names.ts';
import { attached, rightLayers, status } from '../guest/checks.ts';
import { type LabNode, labNode, type PodOptions } from '../guest/node.ts';
import { PROGRAMS } from '../guest/programs.ts';
import { kernelTruth, threadTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { onStock } from './on-stock.ts';

/** In place of the debounce and hold of a cluster: less waiting, and the last protected pod's leaving detaches at once. */
const FLAGS = ['--scheduler-hold-ms=0'];
/** What the guest has of a CPU is for the agent and the load of the scheduler: threads only have to run now and then. */
const SLEEPER = { mode: 'sleeper', threads: 2, sleep: 100_000, work: 200 } as const;

/** A pod of each kind: those that sleep, that never do, that change their names, that fork. */
const PODS: readonly PodOptions[] = [
  // All that may be fenced of two CPUs.
  { name: 'critical', tier: 'critical', requestMilli: 1_000, loads: [{ ...SLEEPER, rename: true }] },
  { name: 'high', tier: 'high', loads: [{ mode: 'pair', sleep: 100_000 }] },
  {
    name: 'normal',
    tier: 'normal',
    loads: [
      { mode: 'hog', rename: true },
      { ...SLEEPER, processes: 2 },
    ],
  },
  { name: 'normal-besteffort', tier: 'normal', requestMilli: 0, loads: [SLEEPER] },
  { name: 'low', tier: 'low', loads: [{ mode: 'forks', sleep: 100_000 }] },
  { name: 'low-besteffort', tier: 'low', requestMilli: 0, loads: [SLEEPER] },
  { name: 'background', tier: 'background', loads: [SLEEPER] },
  { name: 'background-besteffort', tier: 'background', requestMilli: 0, loads: [{ ...SLEEPER, policy: 'batch' }] },
  { name: 'system', tier: 'system', loads: [SLEEPER] },
];

async function daemons(node: LabNode): Promise<void> {
  for (const service of ['containerd.service', 'kubelet.service']) {
    await node.load(node.tree.addSlice(`system.slice/${service}`), { ...SLEEPER, name: service.slice(0, 10) });
  }
}

const LATE_HIGH: PodOptions = { name: 'late', tier: 'high', loads: [SLEEPER] };
/** A millicore more than can be fenced is too much. */
const LATE_CRITICAL: PodOptions = { name: 'late', tier: 'critical', requestMilli: 1, loads: [SLEEPER] };

async function placed(ctx: Ctx, driver: Driver, late: PodOptions, afterwards: string): Promise<void> {
  const node = await labNode(ctx, driver);
  await daemons(node);
  for (const pod of PODS) await node.addPod(pod);
  const agent = node.startAgent(FLAGS);
  ctx.figure('from agent start to enforcing', await status(node, agent, 'enforcing'), 'ms');
  assert.equal(node.api.annotation('agent-status'), 'enforcing');
  assert.equal(getPriority(agent.pid), -19, 'the agent is as quick as its child');
  await rightLayers(ctx, node);

  await aContainerStartsAgain(ctx, node);
  await aTaskMoves(ctx, node);

  const { enableSeq } = kernelTruth();
  const begun = performance.now();
  await node.addPod(late);
  ctx.log('a pod comes while attached: until it has its layer it runs among the normal ones');
  const isLive = node.matching === 'members';
  if (!isLive) await attached(enableSeq);
  await status(node, agent, afterwards);
  if (!isLive) ctx.figure('from a new pod to its layer', performance.now() - begun, 'ms');
  await rightLayers(ctx, node, { demoted: late.tier === 'critical' });
  if (isLive) assert.equal(kernelTruth().enableSeq, enableSeq, 'nothing was started anew for a pod');
}

/** A container that starts anew in its pod needs no other config. */
async function aContainerStartsAgain(ctx: Ctx, node: LabNode): Promise<void> {
  const { enableSeq } = kernelTruth();
  const high = node.pods.get('high');
  if (high === undefined) throw new Error('no pod high');
  for (const load of high.loads) load.kill();
  await node.load(high.cgroups.container, { ...SLEEPER, name: 'again' });
  await rightLayers(ctx, node);
  if (kernelTruth().enableSeq !== enableSeq) throw new Error('the scheduler was started anew for a container');
}

/**
 * A process that sleeps is matched anew when it next wakes. One that never sleeps keeps the layer of the cgroup it came
 * from where the binary is the stock one, which looks only at tasks that become runnable: that is asserted as such.
 */
async function aTaskMoves(ctx: Ctx, node: LabNode): Promise<void> {
  const target = node.pods.get('low-besteffort')?.cgroups.container ?? '';
  const sleeper = await node.load(node.pods.get('background')?.cgroups.container ?? '', SLEEPER);
  const hog = await node.load(node.pods.get('background')?.cgroups.container ?? '', {
    mode: 'hog',
    name: 'never-sleeps',
  });
  const layerOf = async (pid: number) => (await threadTruth(PROGRAMS.layerOf))?.filter((one) => one.pid === pid);
  const busy = (pid: number, layer: number | null) => async () =>
    (await layerOf(pid))?.every((one) => one.tid === pid || one.layer === layer) ?? false;
  // Not the first thread, which has nothing to do and so may have no layer yet.
  const workerOf = async (pod: string): Promise<number | null> => {
    const pid = node.pods.get(pod)?.loads[0]?.pid ?? 0;
    return (await layerOf(pid))?.find(({ tid }) => tid !== pid)?.layer ?? null;
  };
  const before = await workerOf('background');
  const there = await workerOf('low-besteffort');
  assert.ok(before !== null && there !== null && before !== there, `layers ${before} and ${there}`);
  await until('both run in the layer they start in', busy(hog.pid, before), 10_000);
  for (const { pid } of [sleeper, hog]) writeFileSync(join(node.tree.mount, target, 'cgroup.procs'), `${pid}`);
  ctx.figure('a sleeper has moved', await until('moved', busy(sleeper.pid, there), 10_000), 'ms');
  if (node.matching === 'members') {
    ctx.figure('a hog has moved', await until('a hog moved', busy(hog.pid, there), 10_000), 'ms');
  } else {
    const moved = (await layerOf(hog.pid))?.filter(({ tid, pid }) => tid !== pid).map(({ layer }) => layer);
    assert.deepEqual(moved, [before], 'a hog that was moved');
  }
  hog.kill();
  sleeper.kill();
  await until('both are gone', async () => (await layerOf(hog.pid))?.length === 0, 10_000);
}

/** OR blocks that a layer has, and more pods than that. Members have no such limit. */
const BLOCKS = 32;
const MANY = BLOCKS + 2;
const LIGHT = { mode: 'sleeper', sleep: 200_000, work: 100 } as const;

async function manyLow(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  await node.addPod({ name: 'critical', tier: 'critical', loads: [LIGHT] });
  const names = Array.from({ length: MANY }, (_, at) => `low-${at}`);
  for (const name of names) await node.addPod({ name, tier: 'low', loads: [LIGHT] });
  const agent = node.startAgent(FLAGS);
  if (node.matching === 'members') {
    await status(node, agent, 'enforcing');
    await rightLayers(ctx, node);
    return;
  }
  await status(node, agent, `degraded: ${MANY - BLOCKS} pods over the limit`);
  await attached(0);
  // The oldest keep their blocks; the others run where the prefix of all pods puts them.
  await rightLayers(ctx, node, { elsewhere: new Map(names.slice(BLOCKS).map((name) => [name, 'normal'])) });
}

async function manyHigh(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  for (let at = 0; at <= BLOCKS; at++) await node.addPod({ name: `high-${at}`, tier: 'high', loads: [LIGHT] });
  const agent = node.startAgent(FLAGS);
  if (node.matching === 'members') {
    await status(node, agent, 'enforcing');
    await rightLayers(ctx, node);
    return;
  }
  await status(node, agent, 'degraded: 1 pod over the limit');
  const { state, enableSeq } = kernelTruth();
  assert.equal(state, 'disabled', 'a protected pod without its layer keeps the node on stock');
  await node.removePod('high-0');
  await status(node, agent, 'enforcing');
  await attached(enableSeq);
  await rightLayers(ctx, node);
}

const BY_SYSTEMD: Case = {
  name: 'placement-systemd',
  what: 'pods of every tier that were there before, a container anew, moved tasks, a new pod: no thread in a wrong layer',
  deadlineMs: 1_800_000,
  run: (ctx) => placed(ctx, 'systemd', LATE_HIGH, 'enforcing'),
};

export const PLACEMENT: readonly Case[] = [
  BY_SYSTEMD,
  onStock(BY_SYSTEMD),
  {
    name: 'placement-cgroupfs',
    what: 'the same with the tree of the cgroupfs driver; a Critical pod that cannot be fenced demotes them all',
    deadlineMs: 1_800_000,
    run: (ctx) => placed(ctx, 'cgroupfs', LATE_CRITICAL, 'enforcing: critical demoted'),
  },
  {
    name: 'many-low-pods',
    what: 'more Low pods than a layer of the stock binary has blocks: the rest run in Normal, and the status says degraded',
    deadlineMs: 1_800_000,
    scheduler: 'stock',
    run: manyLow,
  },
  {
    name: 'many-high-pods',
    what: 'one High pod more than the stock binary has blocks keeps the node on stock; without it the node enforces',
    deadlineMs: 1_800_000,
    scheduler: 'stock',
    run: manyHigh,
  },
];
