/** Changes by chance, each followed by the invariant: proven enforcing with right layers, or proven stock. */
import { rmSync, writeFileSync } from 'node:fs';
import type { Tier } from '../../../../src/model/tier.ts';
import { seeded } from '../../../standin/seeded.ts';
import { childOf, type LabAgent } from '../guest/agent.ts';
import { type LabNode, labNode } from '../guest/node.ts';
import { describe } from '../guest/oracle.ts';
import { PROGRAMS } from '../guest/programs.ts';
import { ATTACH_MS } from '../guest/times.ts';
import { judgeLayers, kernelTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';

const SHORT = 14;
const LONG = 200;
const SAFE_MODE = '/run/temper/safe-mode';
/** No bound of the agent is to hold up a run that changes more than any node does. */
const FLAGS = ['--scheduler-hold-ms=0', '--scheduler-attaches-per-hour=3600'];
/** More deaths of children than this within its window and an agent latches, as it should. */
const CHILD_DEATHS = 3;
const MOST_PODS = 8;
const LIGHT = { mode: 'sleeper', sleep: 50_000, work: 500 } as const;
const TIERS: readonly Tier[] = ['critical', 'high', 'normal', 'low', 'background'];

class Run {
  readonly #node: LabNode;
  readonly #random: () => number;
  #agent: LabAgent;
  #made = 0;
  #deaths = 0;
  #safe = false;
  #wrong: string[] = [];

  constructor(node: LabNode, random: () => number) {
    this.#node = node;
    this.#random = random;
    this.#agent = node.startAgent(FLAGS);
  }

  readonly acts: Readonly<Record<string, () => Promise<void> | void>> = {
    'a pod comes': () => this.#addPod(this.#pick(TIERS)),
    'a pod goes': () => this.#removePod(),
    'a pod changes its tier': async () => {
      await this.#removePod();
      await this.#addPod(this.#pick(TIERS));
    },
    'safe mode is asked for': () => this.#setSafe(true),
    'safe mode is taken back': () => this.#setSafe(false),
    'the child is killed': () => this.#killChild(),
    'the agent is killed': () => this.#replaceAgent(),
    'the API is cut for a while': async () => {
      this.#node.api.cut();
      await this.#addPod('high');
      this.#node.api.mend();
    },
    'a bad override': () => this.#node.api.annotate('qos-overrides', this.#pick(['{', '{"x":"root"}', '[]', '🙂'])),
    'overrides are cleared': () => this.#node.api.annotate('qos-overrides', null),
  };

  /** Waits until the node is what its pods and wishes say, and the layers are right. */
  async holds(): Promise<void> {
    const isProtected = [...this.#node.pods.values()].some(({ tier }) => tier === 'critical' || tier === 'high');
    const enforce = isProtected && !this.#safe;
    const word = this.#safe ? 'safe-mode' : enforce ? 'enforcing' : 'observing';
    await until(
      `${word}, by the kernel too`,
      async () => {
        if (kernelTruth().state !== (enforce ? 'enabled' : 'disabled') || !(await this.#settled(word))) return false;
        this.#wrong = enforce ? await this.#wrongLayers() : [];
        return this.#wrong.length === 0;
      },
      ATTACH_MS,
      () => [this.#node.api.annotation('agent-status'), JSON.stringify(kernelTruth()), ...this.#wrong].join('\n'),
    );
  }

  /** Until a change is in force, the pods that it is for are in the layers of before: that is looked at again. */
  async #wrongLayers(): Promise<string[]> {
    try {
      const { wrong } = await judgeLayers(PROGRAMS.layerOf, this.#node.expected(this.#isDemoted()));
      return wrong.map(describe);
    } catch (error) {
      return [(error as Error).message];
    }
  }

  /** The status word, and that each pod has the layer that the last change gave it. */
  async #settled(word: string): Promise<boolean> {
    if (!this.#node.api.annotation('agent-status').startsWith(word)) return false;
    const { scheduler, pods } = await this.#agent.observe();
    const known = new Set(pods.map(({ uid }) => uid));
    const isQuiet = scheduler.phase !== 'updating' && scheduler.phase !== 'starting';
    return isQuiet && [...this.#node.pods.values()].every(({ uid }) => known.has(uid));
  }

  #isDemoted(): boolean {
    return this.#node.api.annotation('agent-status').includes('demoted');
  }

  #pick<T>(from: readonly T[]): T {
    const one = from[Math.floor(this.#random() * from.length)];
    if (one === undefined) throw new Error('nothing to choose from');
    return one;
  }

  async #addPod(tier: Tier): Promise<void> {
    if (this.#node.pods.size >= MOST_PODS) await this.#removePod();
    this.#made += 1;
    const requestMilli = this.#pick([0, 100, 300]);
    await this.#node.addPod({ name: `pod-${this.#made}`, tier, requestMilli, loads: [LIGHT] });
  }

  async #removePod(): Promise<void> {
    const { pods } = this.#node;
    if (pods.size > 0) await this.#node.removePod(this.#pick([...pods.keys()]));
  }

  #setSafe(on: boolean): void {
    if (on) writeFileSync(SAFE_MODE, '');
    else rmSync(SAFE_MODE, { force: true });
    this.#safe = on;
  }

  #killChild(): void {
    const child = childOf(this.#agent.pid);
    if (child === null || this.#deaths >= CHILD_DEATHS) return;
    this.#deaths += 1;
    process.kill(child, 'SIGKILL');
  }

  async #replaceAgent(): Promise<void> {
    this.#agent.signal('SIGKILL');
    await this.#agent.ended;
    this.#deaths = 0;
    this.#agent = this.#node.startAgent(FLAGS);
  }
}

async function changes(ctx: Ctx): Promise<void> {
  const random = seeded(ctx.seed);
  const node = await labNode(ctx);
  await node.addPod({ name: 'pod-0', tier: 'high', loads: [LIGHT] });
  const run = new Run(node, random);
  await run.holds();
  const kinds = Object.keys(run.acts);
  // Each kind at least once, then by chance.
  const rest = Array.from({ length: ctx.long ? LONG : SHORT }, () => kinds[Math.floor(random() * kinds.length)] ?? '');
  const order = [...shuffled(kinds, random), ...rest].slice(0, ctx.long ? LONG : SHORT);
  for (const [at, kind] of order.entries()) {
    const begun = performance.now();
    await run.acts[kind]?.();
    try {
      await run.holds();
    } catch (error) {
      throw new Error(`seed ${ctx.seed}, change ${at + 1}, ${kind}: ${(error as Error).message}`);
    }
    ctx.log(`change ${at + 1}: ${kind}: ${Math.round(performance.now() - begun)} ms`);
  }
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

export const RANDOM: readonly Case[] = [
  {
    name: 'random-changes',
    what: 'pods, tiers, safe mode, deaths, API cuts by chance: after each the node is proven enforcing or proven stock',
    deadlineMs: 7_200_000,
    run: changes,
  },
];
