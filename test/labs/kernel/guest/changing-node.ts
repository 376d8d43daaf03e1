import { rmSync, writeFileSync } from 'node:fs';
import { isProtected, TIERS, type Tier } from '../../../../src/model/tier.ts';
import { childOf, type LabAgent } from './agent.ts';
import { stock } from './checks.ts';
import type { PodOnNode, Wish } from './invariant.ts';
import type { LabNode, PodLoad } from './node.ts';

const SAFE_MODE = '/run/temper/safe-mode';
/** No bound of the agent is to hold up a run that changes more than any node does. */
const FLAGS = ['--scheduler-hold-ms=0', '--scheduler-attaches-per-hour=3600'];
/** One death more within ten minutes and the agent latches, as it should. */
const CHILD_DEATHS = 4;
const DEATHS_WINDOW_MS = 600_000;
const MOST_PODS = 8;
const CUT_MS = 1_000;
const LIGHT = { mode: 'sleeper', sleep: 50_000, work: 500 } as const;
const LOADS: readonly PodLoad[] = [
  LIGHT,
  { ...LIGHT, threads: 2, rename: true },
  { mode: 'forks', sleep: 200_000 },
  { mode: 'pair', sleep: 100_000 },
];
/** Two Critical pods of the largest are more than one CPU, all that may be fenced of the guest's two. */
const REQUESTS = [0, 100, 600];
/** What an agent that reads it must not take for overrides, not even in part. */
const BAD_OVERRIDES = (uid: string) => ['{', '[]', '🙂', '{"x":"root"}', `{"${uid}":"critical","y":7}`];

export interface Act {
  readonly can: () => boolean;
  readonly do: () => Promise<void> | void;
}

/** A node to which things happen by chance, with what is to come of them. */
export class ChangingNode {
  readonly #node: LabNode;
  readonly #random: () => number;
  readonly #pods = new Map<string, { readonly own: Tier; readonly requestMilli: number }>();
  /** Tiers set by hand, by the pod's name. */
  #byHand = new Map<string, Tier>();
  #made = 0;
  #deaths: number[] = [];
  #safe: 'file' | 'annotation' | null = null;
  #agent: LabAgent;

  constructor(node: LabNode, random: () => number) {
    this.#node = node;
    this.#random = random;
    this.#agent = node.startAgent(FLAGS);
  }

  get agent(): LabAgent {
    return this.#agent;
  }

  /** What the node is to be like now. */
  get wish(): Wish {
    const pods = [...this.#pods].map(([name, { own, requestMilli }]): PodOnNode => {
      const pod = this.#node.pods.get(name);
      if (pod === undefined) throw new Error(`no pod ${name}`);
      return { pod, tier: this.#byHand.get(name) ?? own, requestMilli };
    });
    if (this.#safe !== null) return { word: 'safe-mode', pods };
    return { word: pods.some(({ tier }) => isProtected(tier)) ? 'enforcing' : 'observing', pods };
  }

  readonly acts: Readonly<Record<string, Act>> = {
    'a pod comes': { can: () => true, do: () => this.addPod(this.pick(TIERS)) },
    'a pod goes': { can: () => this.#pods.size > 1, do: () => this.#removePod(this.#aPod()) },
    'a pod comes anew in another tier': { can: () => this.#pods.size > 0, do: () => this.#anew() },
    'pods come and go at once': { can: () => this.#pods.size > 1, do: () => this.#several() },
    'a tier is set by hand': { can: () => this.#pods.size > 0, do: () => this.#setTier(this.pick(TIERS)) },
    'a tier set by hand is taken back': { can: () => this.#byHand.size > 0, do: () => this.#clearTier() },
    'safe mode is asked for': { can: () => this.#safe === null, do: () => this.#safeOn() },
    'safe mode is taken back': { can: () => this.#safe !== null, do: () => this.#safeOff() },
    'the child is killed': { can: () => this.#canKillChild(), do: () => this.#killChild() },
    'the agent is killed': { can: () => true, do: () => this.#replaceAgent() },
    'the API is cut while a pod comes': { can: () => true, do: () => this.#cut() },
    'a bad override, and another agent': { can: () => true, do: () => this.#badOverride() },
  };

  pick<T>(from: readonly T[]): T {
    const one = from[Math.floor(this.#random() * from.length)];
    if (one === undefined) throw new Error('nothing to choose from');
    return one;
  }

  async addPod(tier: Tier): Promise<void> {
    if (this.#pods.size >= MOST_PODS) await this.#removePod(this.#aPod());
    this.#made += 1;
    const name = `pod-${this.#made}`;
    const requestMilli = this.pick(REQUESTS);
    await this.#node.addPod({ name, tier, requestMilli, loads: [this.pick(LOADS)] });
    this.#pods.set(name, { own: tier, requestMilli });
  }

  /** Makes possible what is not: a pod that is protected, by hand. */
  async make(): Promise<void> {
    if (this.#pods.size === 0) await this.addPod('normal');
    await this.#setTier('high');
  }

  #aPod(): string {
    return this.pick([...this.#pods.keys()]);
  }

  async #removePod(name: string): Promise<void> {
    this.#pods.delete(name);
    this.#byHand.delete(name);
    await this.#node.removePod(name);
  }

  async #anew(): Promise<void> {
    const name = this.#aPod();
    const own = this.#pods.get(name)?.own;
    await this.#removePod(name);
    await this.addPod(this.pick(TIERS.filter((tier) => tier !== own)));
  }

  async #several(): Promise<void> {
    await this.#removePod(this.#aPod());
    await Promise.all([this.addPod(this.pick(TIERS)), this.addPod(this.pick(TIERS))]);
  }

  async #qos(...words: readonly string[]): Promise<void> {
    const { code, stderr } = await this.#agent.cli('qos', ...words, '-n', 'shop');
    if (code !== 0) throw new Error(`temper-cli qos ${words.join(' ')}: ${stderr}`);
  }

  async #setTier(tier: Tier): Promise<void> {
    const name = this.#aPod();
    await this.#qos('set', name, tier);
    this.#byHand.set(name, tier);
  }

  async #clearTier(): Promise<void> {
    const name = this.pick([...this.#byHand.keys()]);
    await this.#qos('clear', name);
    this.#byHand.delete(name);
  }

  async #safeOn(): Promise<void> {
    this.#safe = this.pick(['file', 'annotation'] as const);
    if (this.#safe === 'file') writeFileSync(SAFE_MODE, '');
    else this.#node.api.annotate('safe-mode-requested', 'true');
    await stock();
  }

  #safeOff(): void {
    if (this.#safe === 'file') rmSync(SAFE_MODE);
    else this.#node.api.annotate('safe-mode-requested', null);
    this.#safe = null;
  }

  #canKillChild(): boolean {
    this.#deaths = this.#deaths.filter((at) => performance.now() - at < DEATHS_WINDOW_MS);
    return this.#deaths.length < CHILD_DEATHS && childOf(this.#agent.pid) !== null;
  }

  async #killChild(): Promise<void> {
    const child = childOf(this.#agent.pid);
    if (child === null) return;
    this.#deaths.push(performance.now());
    process.kill(child, 'SIGKILL');
    await stock();
  }

  async #replaceAgent(meanwhile: () => void = () => {}): Promise<void> {
    this.#agent.signal('SIGKILL');
    await this.#agent.ended;
    await stock();
    meanwhile();
    this.#deaths = [];
    this.#agent = this.#node.startAgent(FLAGS);
  }

  /** A running agent is the only writer: what stands there counts when the next one reads it. */
  async #badOverride(): Promise<void> {
    const uid = this.#node.pods.get(this.#aPod())?.uid ?? '';
    await this.#replaceAgent(() => {
      this.#node.api.annotate('qos-overrides', this.pick(BAD_OVERRIDES(uid)));
      this.#byHand = new Map();
    });
  }

  async #cut(): Promise<void> {
    this.#node.api.cut();
    await this.addPod(this.pick(TIERS));
    await new Promise((resolve) => setTimeout(resolve, CUT_MS));
    this.#node.api.mend();
  }
}
