import assert from 'node:assert/strict';
import type { LabAgent } from '../guest/agent.ts';
import { attached, rightLayers, status } from '../guest/checks.ts';
import { coresOfGuest, cpusOfMask, cpusOfThreads } from '../guest/cores.ts';
import { type LabNode, type LabPod, labNode } from '../guest/node.ts';
import { kernelTruth, layerStatistics } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { type Shape, shapeOf } from '../vm/shape.ts';

/** Layers settle in turns of the scheduler, of 100 ms each. */
const SETTLE_MS = 10_000;
/** Until all threads of what was frozen have run again. */
const THAW_MS = 2_000;
const LOOKS = 20;
const LOOK_MS = 100;
/** Few, since all CPUs of a guest share one: more would only be slower. */
const HOG_THREADS = 2;
const HOGS = [{ mode: 'hog', threads: HOG_THREADS }] as const;

interface Scene {
  readonly node: LabNode;
  readonly agent: LabAgent;
  readonly critical: LabPod;
  readonly normal: LabPod;
}

/** All but one core, the reserve, are fenced at the most; one millicore more than they hold and there is no fence. */
function fences(shape: Shape): (ctx: Ctx) => Promise<void> {
  const { cpus, threads } = shape;
  const most = cpus - threads;
  return async (ctx) => {
    assert.deepEqual(
      coresOfGuest().map((core) => core.length),
      Array.from({ length: cpus / threads }, () => threads),
      'the guest has the cores that were asked for',
    );
    const node = await labNode(ctx);
    const critical = await node.addPod({ name: 'critical', tier: 'critical', requestMilli: most * 1000, loads: HOGS });
    const normal = await node.addPod({ name: 'normal', tier: 'normal', loads: HOGS });
    const agent = node.startAgent();
    const scene = { node, agent, critical, normal };
    const freeze = (frozen: boolean): void => {
      for (const pod of [critical, normal]) node.freeze(pod, frozen);
    };
    freeze(true);
    ctx.figure('from agent start to enforcing', await status(node, agent, 'enforcing'), 'ms');
    freeze(false);
    await fenced(ctx, scene, most, threads);
    await rightLayers(ctx, node);

    freeze(true);
    const { enableSeq } = kernelTruth();
    await node.addPod({ name: 'one-more', tier: 'critical', requestMilli: 1 });
    ctx.figure('from the millicore too much to demoted', await attached(enableSeq), 'ms');
    const needed = most + threads;
    const why = `Critical pods need ${needed} CPUs in whole cores, ${most} can be fenced`;
    await status(node, agent, `enforcing: critical demoted: ${why}`);
    freeze(false);
    await unfenced(scene, most);
    await rightLayers(ctx, node, { demoted: true, busy: ['critical', 'normal'] });
  };
}

async function fenced(ctx: Ctx, { agent, critical, normal }: Scene, most: number, threads: number): Promise<void> {
  const cpusOf = await settled('critical-fenced', (count) => count === most);
  const fence = new Set(cpusOf('critical-fenced'));
  ctx.log(`fenced: CPU ${[...fence].join()}; the host's: CPU ${cpusOf('host').join()}`);
  for (const core of coresOfGuest()) {
    const within = core.filter((cpu) => fence.has(cpu)).length;
    assert.ok(within === 0 || within === core.length, `half of the core of CPU ${core.join()} is fenced`);
  }
  assert.ok(cpusOf('host').length >= threads, 'the host owns the reserve');
  assert.ok(!cpusOf('host').some((cpu) => fence.has(cpu)), 'and it is none of the fence');
  assert.equal(await toldCpus(agent, 'critical-fenced'), most, 'the agent tells the same');

  await new Promise((resolve) => setTimeout(resolve, THAW_MS));
  let strangers = 0;
  for (let look = 0; look < LOOKS; look++) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const outside = threadsOf(critical).filter((cpu) => !fence.has(cpu));
    assert.deepEqual(outside, [], 'Critical runs within its fence only');
    strangers += threadsOf(normal).filter((cpu) => fence.has(cpu)).length;
  }
  // Normal owns no CPU beside such a fence: it runs by the low-fallback queue, which has a share of each CPU.
  ctx.figure('of looks at its threads, Normal was within the fence', strangers / (LOOKS * HOG_THREADS), 'of 1');
}

async function unfenced({ agent }: Scene, most: number): Promise<void> {
  const cpusOf = await settled('critical', (count) => count > 0);
  assert.deepEqual(cpusOf('critical-fenced'), []);
  assert.ok(cpusOf('critical').length <= most, 'the reserve is not protected');
  assert.equal((await toldCpus(agent, 'critical-fenced')) ?? 0, 0);
}

/** Waits until a layer owns as many CPUs. @returns the CPUs of each layer */
async function settled(layer: string, holds: (count: number) => boolean): Promise<(name: string) => number[]> {
  let layers = await layerStatistics();
  const cpusOf = (name: string): number[] => cpusOfMask(layers.get(name)?.cpus ?? []);
  await until(
    `the CPUs of ${layer} are as many as they should be`,
    async () => {
      layers = await layerStatistics();
      return holds(cpusOf(layer).length);
    },
    SETTLE_MS,
    () => [...layers.keys()].map((name) => `${name}: ${cpusOf(name).join()}`).join('; '),
  );
  return cpusOf;
}

function threadsOf({ loads }: LabPod): number[] {
  return loads.flatMap(({ pid }) => cpusOfThreads(pid));
}

async function toldCpus(agent: LabAgent, layer: string): Promise<number | undefined> {
  const { layers } = await agent.observe();
  return layers.find(({ name }) => name === layer)?.cpus;
}

function topology(name: string, what: string, machine: Partial<Shape>, unproven?: string): Case {
  return {
    name,
    what: `${what}: the fence in whole cores, the reserve kept, demoted for one millicore too much`,
    deadlineMs: 1_800_000,
    machine,
    ...(unproven !== undefined && { unproven }),
    run: fences(shapeOf(machine)),
  };
}

export const TOPOLOGIES: readonly Case[] = [
  topology(
    'four-cpus',
    '4 CPUs',
    { cpus: 4 },
    'seen up to the whole fence; how much of it the low-fallback queue may take is to be decided',
  ),
  topology(
    'smt',
    '2 cores of 2 threads',
    { cpus: 4, threads: 2 },
    'a thread of Critical was seen outside its fence, not understood yet',
  ),
  topology(
    'two-sockets',
    '8 CPUs in two sockets and two NUMA nodes',
    { cpus: 8, sockets: 2, nodes: 2 },
    'seen up to the whole fence; how much of it the low-fallback queue may take is to be decided',
  ),
];
