import assert from 'node:assert/strict';
import type { LabAgent } from '../../guest/agent.ts';
import { attached, rightLayers, status, stock } from '../../guest/checks.ts';
import type { Load } from '../../guest/load.ts';
import { type LabNode, labNode } from '../../guest/node.ts';
import { type Percentiles, percentiles } from '../../guest/probe.ts';
import { ATTACH_MS, STOCK_MS } from '../../guest/times.ts';
import { kernelTruth } from '../../guest/truth.ts';
import type { Ctx } from '../../runner/case.ts';

export interface Scene {
  readonly node: LabNode;
  /** Its wake-ups tell what a Critical pod feels. */
  readonly probe: Load;
  readonly begun: number;
  /** Since when the agent of now enforces. */
  enforcingAt: number;
}

export interface Death {
  readonly what: string;
  readonly act: () => void;
  /** The agent that enforces after it. */
  readonly agent: () => LabAgent;
  readonly stockMs?: number;
}

/** A Critical pod that sleeps and works, beside hogs that take all the CPUs there are, twice. */
export async function underLoad(ctx: Ctx): Promise<Scene> {
  const node = await labNode(ctx);
  const { loads } = await node.addPod({
    name: 'critical',
    tier: 'critical',
    requestMilli: 500,
    loads: [{ mode: 'sleeper', name: 'probe' }],
  });
  const begun = performance.now();
  await node.addPod({ name: 'normal', tier: 'normal', loads: [{ mode: 'hog', threads: 2 }] });
  await node.addPod({ name: 'background', tier: 'background', loads: [{ mode: 'hog', threads: 2 }] });
  const [probe] = loads;
  if (probe === undefined) throw new Error('the probe did not start');
  return { node, probe, begun, enforcingAt: 0 };
}

/** Waits until it enforces with right layers. */
export async function enforces(ctx: Ctx, scene: Scene, agent: LabAgent): Promise<void> {
  await status(scene.node, agent, 'enforcing');
  scene.enforcingAt = performance.now();
  await rightLayers(ctx, scene.node);
}

/** Lets it happen, and holds the node to what is promised: stock within the time, then enforcing again with right layers. */
export async function survives(ctx: Ctx, scene: Scene, death: Death): Promise<void> {
  const { what, act, agent, stockMs = STOCK_MS } = death;
  const { enableSeq } = kernelTruth();
  const { enforcingAt } = scene;
  const at = performance.now();
  act();
  ctx.figure(`${what}: to stock`, await stock(stockMs), 'ms');
  const successor = agent();
  await attached(enableSeq);
  ctx.figure(`${what}: to attached again`, performance.now() - at, 'ms');
  await enforces(ctx, scene, successor);
  const ms = scene.enforcingAt - at;
  assert.ok(ms < ATTACH_MS, `enforcing again only after ${Math.round(ms)} ms`);
  const felt = await feltBetween(scene, [enforcingAt, at, scene.enforcingAt]);
  for (const [when, late] of [['before it', felt[0]] as const, ['from it to enforcing', felt[1]] as const]) {
    assert.ok(late, `the probe has no samples ${when}`);
    ctx.figure(`${what}: probe p99 ${when}, of ${late.samples}`, late.p99, 'ms');
  }
}

/** The probe's percentiles in the stretches between these moments. */
async function feltBetween({ probe, begun }: Scene, moments: readonly number[]): Promise<Array<Percentiles | null>> {
  const report = await probe.report();
  return moments.slice(1).map((to, index) => percentiles(report, (moments[index] ?? 0) - begun, to - begun));
}
