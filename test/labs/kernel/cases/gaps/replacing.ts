import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabAgent } from '../../guest/agent.ts';
import { reload } from '../../guest/calls.ts';
import { rightLayers, status } from '../../guest/checks.ts';
import { type Gap, handOver } from '../../guest/handover.ts';
import type { Load } from '../../guest/load.ts';
import { AGENT_LIMITS, type LabNode, labNode, type PodLoad } from '../../guest/node.ts';
import { ATTACH_MS } from '../../guest/times.ts';
import { until } from '../../guest/until.ts';
import type { Ctx } from '../../runner/case.ts';
import type { Replacement } from './figures.ts';

export type Way = 'hand-over' | 'restart';

const CRITICAL = 'critical';
const HOGS: readonly PodLoad[] = [{ mode: 'hog', name: 'busy', threads: 2 }];
const BUSY = ['high', 'normal', 'low', 'background'] as const;
/** Short of what the agent wants for two schedulers, and enough for one that loads. */
const ROOM_FOR_ONE = '508M';
/**
 * Of a standby's load, which is not what is measured and takes four times as long beside hogs. It is an emulated machine: the
 * rest of the load, and all that comes after it, is beside them.
 */
const FROZEN_MS = 4_000;
const BESIDE_THEM_MS = 1_000;
const FLAGS = ['--scheduler-hold-ms=0', '--scheduler-attaches-per-hour=3600'];

/** An agent that enforces on a node whose CPUs are all taken, and is told to take another scheduler process. */
export class Replacing {
  readonly agent: LabAgent;
  readonly #ctx: Ctx;
  readonly #node: LabNode;
  /** Of the Critical pod; when it began, by `performance.now`. */
  readonly #probe: Load;
  readonly #begun: number;
  readonly #gaps: Readonly<Record<Way, Gap[]>> = { 'hand-over': [], restart: [] };

  private constructor(
    ctx: Ctx,
    node: LabNode,
    agent: LabAgent,
    probe: { readonly load: Load; readonly begun: number },
  ) {
    this.#ctx = ctx;
    this.#node = node;
    this.agent = agent;
    this.#probe = probe.load;
    this.#begun = probe.begun;
  }

  static async start(ctx: Ctx): Promise<Replacing> {
    const node = await labNode(ctx);
    const loads = [{ mode: 'sleeper', name: 'probe' }] as const;
    const pod = await node.addPod({ name: CRITICAL, tier: 'critical', requestMilli: 500, loads });
    const begun = performance.now();
    for (const tier of BUSY) await node.addPod({ name: tier, tier, loads: HOGS });
    const agent = node.startAgent(FLAGS);
    await status(node, agent, 'enforcing');
    await rightLayers(ctx, node);
    const [load] = pod.loads;
    assert.ok(load);
    return new Replacing(ctx, node, agent, { load, begun });
  }

  get matching() {
    return this.#node.matching;
  }

  /** By a reload: the agent hands over where it can, which it does not where memory is short. */
  async replace(way: Way): Promise<void> {
    const canHandOver = this.matching === 'members';
    if (canHandOver) this.#limitMemory(way === 'restart' ? ROOM_FOR_ONE : AGENT_LIMITS.memory);
    const last = (): string => this.agent.log.slice(-5).join('\n');
    let thawed = 0;
    const begin = async (): Promise<void> => {
      await reload(this.agent);
      if (way === 'hand-over') thawed = await this.#frozen();
    };
    const gap = await handOver(begin, last, ATTACH_MS);
    assert.ok(gap.from - thawed > BESIDE_THEM_MS, 'the hogs ran before and during the gap');
    const enforces = async (): Promise<boolean> => (await this.agent.observe()).scheduler.phase === 'enforcing';
    await until('it enforces again', enforces, ATTACH_MS, last);
    this.#gaps[way].push(gap);
    this.#ctx.log(`${way}: ${Math.round(gap.stock)} ms without a scheduler`);
  }

  /** All that there was, with what the Critical pod felt of it. The threads are in their layers as before. */
  async felt(): Promise<{ readonly handedOver: Replacement[]; readonly restarted: Replacement[] }> {
    await rightLayers(this.#ctx, this.#node);
    const report = await this.#probe.report();
    assert.equal(report.dropped, 0);
    /** Of what waited for a CPU then, whenever it got it. */
    const late = ({ from, to }: Gap): number | null => {
      const waited = report.samples
        .map(([at, us]) => ({ woke: at + this.#begun, ms: us / 1_000 }))
        .filter(({ woke, ms }) => woke >= from && woke - ms < to);
      return waited.length === 0 ? null : Math.max(...waited.map(({ ms }) => ms));
    };
    const all = (way: Way): Replacement[] => this.#gaps[way].map((gap) => ({ stock: gap.stock, worst: late(gap) }));
    return { handedOver: all('hand-over'), restarted: all('restart') };
  }

  /** @returns when the hogs went on, by `performance.now` */
  async #frozen(): Promise<number> {
    const busy = BUSY.map((name) => this.#node.pods.get(name) ?? assert.fail(`no pod ${name}`));
    for (const pod of busy) this.#node.freeze(pod, true);
    await new Promise((resolve) => setTimeout(resolve, FROZEN_MS));
    for (const pod of busy) this.#node.freeze(pod, false);
    return performance.now();
  }

  #limitMemory(text: string): void {
    const own = readFileSync(`/proc/${this.agent.pid}/cgroup`, 'utf8').trim().replace(/^0::/, '');
    writeFileSync(join(this.#node.tree.mount, own, 'memory.max'), text);
  }
}
