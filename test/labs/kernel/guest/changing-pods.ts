import { TIERS, type Tier } from '../../../../src/model/tier.ts';
import type { LabAgent } from './agent.ts';
import { pick, type Random } from './chance.ts';
import type { PodOnNode } from './invariant.ts';
import type { LabNode, PodLoad } from './node.ts';
import { type Tiers, tiersOf } from './tiers.ts';
import { until } from './until.ts';

const MOST_PODS = 8;
/** Each 24 s the agent may write once more, and it writes its status too. */
const WRITABLE_MS = 90_000;
const LIGHT = { mode: 'sleeper', sleep: 50_000, work: 500 } as const;
const LOADS: readonly PodLoad[] = [
  LIGHT,
  { ...LIGHT, threads: 2, rename: true },
  { mode: 'forks', sleep: 200_000 },
  { mode: 'pair', sleep: 100_000 },
];
/** Two Critical pods of the largest are more than one CPU, all that may be fenced of the guest's two. */
const REQUESTS = [0, 100, 600];

/** Pods that come, go and change their tiers by chance. */
export class ChangingPods {
  readonly #node: LabNode;
  readonly #random: Random;
  readonly #pods = new Map<string, { readonly own: Tier; readonly requestMilli: number }>();
  /** Tiers set by hand, by the pod's name. */
  readonly #byHand = new Map<string, Tier>();
  #made = 0;

  constructor(node: LabNode, random: Random) {
    this.#node = node;
    this.#random = random;
  }

  get count(): number {
    return this.#pods.size;
  }

  get countByHand(): number {
    return this.#byHand.size;
  }

  /** As they are to be now. */
  get all(): readonly PodOnNode[] {
    return [...this.#pods].map(([name, { own, requestMilli }]) => {
      const pod = this.#node.pods.get(name);
      if (pod === undefined) throw new Error(`no pod ${name}`);
      return { pod, tier: this.#byHand.get(name) ?? own, requestMilli };
    });
  }

  async add(tier = this.#aTier()): Promise<void> {
    if (this.#pods.size >= MOST_PODS) await this.remove();
    this.#made += 1;
    const name = `pod-${this.#made}`;
    const requestMilli = pick(REQUESTS, this.#random);
    await this.#node.addPod({ name, tier, requestMilli, loads: [pick(LOADS, this.#random)] });
    this.#pods.set(name, { own: tier, requestMilli });
  }

  async remove(name = this.one()): Promise<void> {
    this.#pods.delete(name);
    this.#byHand.delete(name);
    await this.#node.removePod(name);
  }

  async anew(): Promise<void> {
    const name = this.one();
    const own = this.#pods.get(name)?.own;
    await this.remove(name);
    await this.add(
      pick(
        TIERS.filter((tier) => tier !== own),
        this.#random,
      ),
    );
  }

  async several(): Promise<void> {
    await this.remove();
    await Promise.all([this.add(), this.add()]);
  }

  async setTier(agent: LabAgent, tier = this.#aTier()): Promise<void> {
    const name = this.one();
    await byHand(agent, (tiers) => tiers.set(name, tier));
    this.#byHand.set(name, tier);
  }

  async clearTier(agent: LabAgent): Promise<void> {
    const name = pick([...this.#byHand.keys()], this.#random);
    await byHand(agent, (tiers) => tiers.clear(name));
    this.#byHand.delete(name);
  }

  /** What was set by hand is lost. */
  forgetTiers(): void {
    this.#byHand.clear();
  }

  /** The name of any. */
  one(): string {
    return pick([...this.#pods.keys()], this.#random);
  }

  #aTier(): Tier {
    return pick(TIERS, this.#random);
  }
}

/** False where the agent has used up its writes to the Node for now: nothing has changed then. */
async function stored(call: Promise<void>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (!(error as Error).message.includes('TMP3206')) throw error;
    return false;
  }
}

/** As `temper-cli qos` does, whose start takes three times as long here as all else of a change. */
async function byHand(agent: LabAgent, call: (tiers: Tiers) => Promise<void>): Promise<void> {
  const tiers = await tiersOf(agent);
  try {
    await until('the agent may write to its Node', () => stored(call(tiers)), WRITABLE_MS);
  } finally {
    tiers.close();
  }
}
