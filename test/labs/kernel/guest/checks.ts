/** What the cases have to see, each with what it was instead. */
import type { Ctx } from '../runner/case.ts';
import { childOf, type LabAgent } from './agent.ts';
import type { LabNode } from './node.ts';
import { describe, isWithin } from './oracle.ts';
import { PROGRAMS } from './programs.ts';
import { ATTACH_MS, STOCK_MS } from './times.ts';
import { judgeLayers, kernelTruth } from './truth.ts';
import { until } from './until.ts';

const OURS = /^layered_/;

/** Waits for a status that begins so. @returns milliseconds */
export async function status(node: LabNode, agent: LabAgent, begins: string, ms = ATTACH_MS): Promise<number> {
  return await until(
    `status ${begins}`,
    () => node.api.annotation('agent-status').startsWith(begins),
    ms,
    () => `it is "${node.api.annotation('agent-status')}"; ${agent.log.slice(-5).join('\n')}`,
  );
}

/** Waits until our scheduler is attached, by another attach than the one before. @returns milliseconds */
export async function attached(after: number, ms = ATTACH_MS): Promise<number> {
  return await until(
    'the scheduler is attached',
    () => {
      const { state, ops, enableSeq } = kernelTruth();
      return state === 'enabled' && OURS.test(ops) && enableSeq > after;
    },
    ms,
    () => JSON.stringify(kernelTruth()),
  );
}

/** Waits until the kernel has no scheduler. @returns milliseconds */
export async function stock(ms = STOCK_MS): Promise<number> {
  return await until(
    'the kernel is on stock',
    () => kernelTruth().state === 'disabled',
    ms,
    () => JSON.stringify(kernelTruth()),
  );
}

/** Waits until the agent has no scheduler: the kernel lets go of it while it ends, before its process is gone. */
export async function childless(agent: LabAgent): Promise<number> {
  return await until(
    'the scheduler is gone',
    () => childOf(agent.pid) === null,
    STOCK_MS,
    () => `its process is ${childOf(agent.pid)}`,
  );
}

export interface LayerCheck {
  /** Whether Critical goes without its fence. */
  readonly demoted?: boolean;
  /** Of pods whose loads run all the time: each must have a thread that was judged. @default all pods with loads */
  readonly busy?: readonly string[];
  /** Pods that belong in another layer than their tier's, by name. */
  readonly elsewhere?: ReadonlyMap<string, string>;
}

/** Of the threads that ran none is in a wrong layer, and each busy pod has one that was looked at. */
export async function rightLayers(ctx: Ctx, node: LabNode, check: LayerCheck = {}): Promise<void> {
  const { demoted = false, busy, elsewhere = new Map() } = check;
  const other = [...node.pods.values()]
    .filter(({ name }) => elsewhere.has(name))
    .map(({ name, cgroups }) => ({ path: cgroups.path, layers: [elsewhere.get(name) ?? ''] }));
  const { judged, waiting, outdated, wrong } = await judgeLayers(PROGRAMS.layerOf, [
    ...other,
    ...node.expected(demoted),
  ]);
  ctx.log(`${judged.length} threads judged, ${waiting} did not run, ${wrong.length} in a wrong layer`);
  for (const one of outdated) ctx.log(`asleep: ${describe(one)}`);
  if (wrong.length > 0) throw new Error(wrong.map(describe).join('\n'));
  for (const { name, cgroups, loads } of node.pods.values()) {
    const mustRun = busy?.includes(name) ?? loads.length > 0;
    if (mustRun && !judged.some(({ cgroup }) => isWithin(cgroup, cgroups.path))) {
      throw new Error(`no thread of pod ${name} was seen to run`);
    }
  }
}
