/** What the scheduler says of Critical's fence, held to what a fence is. */
import assert from 'node:assert/strict';
import type { LabAgent } from './agent.ts';
import { coresOfGuest, cpusOfMask } from './cores.ts';
import { type LayerStatistics, layerStatistics } from './truth.ts';
import { until } from './until.ts';

/** Layers settle in turns of the scheduler, of 100 ms each. */
const SETTLE_MS = 10_000;

type Layers = ReadonlyMap<string, LayerStatistics>;

export function ownedBy(layers: Layers, name: string): number[] {
  return cpusOfMask(layers.get(name)?.cpus ?? []);
}

/** Waits until a layer owns as many CPUs as it should. */
export async function owning(layer: string, holds: (count: number) => boolean): Promise<Layers> {
  let layers = await layerStatistics();
  await until(
    `the CPUs of ${layer} are as many as they should be`,
    async () => {
      layers = await layerStatistics();
      return holds(ownedBy(layers, layer).length);
    },
    SETTLE_MS,
    () => [...layers.keys()].map((name) => `${name}: ${ownedBy(layers, name).join()}`).join('; '),
  );
  return layers;
}

/** A fence of so many CPUs, in whole cores; the reserve is the host's, and nobody else owns a CPU of either. @returns its CPUs */
export function assertFence(layers: Layers, cpus: number, reserve: number): number[] {
  const fence = ownedBy(layers, 'critical-fenced');
  assert.equal(fence.length, cpus, `the fence is CPU ${fence.join()}`);
  for (const core of coresOfGuest()) {
    const within = core.filter((cpu) => fence.includes(cpu)).length;
    assert.ok(within === 0 || within === core.length, `half of the core of CPU ${core.join()} is fenced`);
  }
  assert.ok(ownedBy(layers, 'host').length >= reserve, 'the host owns the reserve');
  for (const name of layers.keys()) {
    const shared = name === 'critical-fenced' ? [] : ownedBy(layers, name).filter((cpu) => fence.includes(cpu));
    assert.deepEqual(shared, [], `${name} owns CPUs of the fence`);
  }
  return fence;
}

/** How many CPUs a layer owns as the agent tells it. */
export async function toldCpus(agent: LabAgent, layer: string): Promise<number | undefined> {
  const { layers } = await agent.observe();
  return layers.find(({ name }) => name === layer)?.cpus;
}
