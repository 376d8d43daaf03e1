/** Pods to which the agent's changes happen, each watched until its threads are where they belong. */
import assert from 'node:assert/strict';
import { TIERS, type Tier } from '../../../../../src/model/tier.ts';
import { pick, type Random } from '../../guest/chance.ts';
import { members } from '../../guest/members.ts';
import type { LabNode, LabPod, PodLoad } from '../../guest/node.ts';
import { layersOf } from '../../guest/oracle.ts';
import type { Tiers } from '../../guest/tiers.ts';
import { until } from '../../guest/until.ts';
import type { Samples } from './samples.ts';
import { settled, workersOf } from './settled.ts';

const GONE_MS = 10_000;
const LIGHT = { mode: 'sleeper', sleep: 20_000, work: 200 } as const;
/** Its threads come and go all the time: some are born while it gets its layer. */
const ARRIVAL: readonly PodLoad[] = [
  { ...LIGHT, threads: 2 },
  { mode: 'forks', sleep: 30_000 },
];
const REQUESTS = [50, 100, 200];

/** Each goes to and fro between its own tier and another one. */
export const VICTIMS = {
  asleep: { tier: 'normal', other: 'high', load: { ...LIGHT, threads: 3 } },
  spinning: { tier: 'low', other: 'normal', load: { mode: 'hog', threads: 2 } },
  /** Behind the many of its layer, which have a small share of what is left. */
  starved: { tier: 'background', other: 'high', load: { mode: 'hog', threads: 2 } },
} as const satisfies Record<string, { tier: Tier; other: Tier; load: PodLoad }>;
export type Victim = keyof typeof VICTIMS;

export class LivePods {
  readonly #node: LabNode;
  readonly #tiers: Tiers;
  readonly #random: Random;
  readonly #samples: Samples;
  /** Of the victims, whether they are in the other tier. */
  readonly #away = new Set<Victim>();
  readonly #arrived: string[] = [];
  #made = 0;

  constructor(node: LabNode, tiers: Tiers, random: Random, samples: Samples) {
    this.#node = node;
    this.#tiers = tiers;
    this.#random = random;
    this.#samples = samples;
  }

  get count(): number {
    return this.#arrived.length;
  }

  /** As kubelet and a runtime make it, as fast as they can, and work that is there before anybody knows the pod. */
  async arrive(): Promise<void> {
    const tier = pick(TIERS, this.#random);
    const name = `arrival-${++this.#made}`;
    const pod = await this.#node.addPod({ name, tier, requestMilli: pick(REQUESTS, this.#random), loads: ARRIVAL });
    this.#arrived.push(name);
    const sleeping = pod.loads.slice(0, 1);
    this.#samples.add('pod cgroup made → last of its threads in its layer', await this.#right(pod, tier, sleeping));
  }

  /** A thread that never sleeps and is in the pod's cgroup as soon as that is there. */
  async join(hogPid: number): Promise<void> {
    const tier = pick(TIERS, this.#random);
    const name = `arrival-${++this.#made}`;
    const pod = await this.#node.addPod({ name, tier, requestMilli: pick(REQUESTS, this.#random), joins: hogPid });
    this.#arrived.push(name);
    const ms = await this.#right(pod, tier, [{ pid: hogPid }]);
    this.#samples.add('pod cgroup made → a thread that moved there at once in its layer', ms);
  }

  async depart(): Promise<void> {
    const name = pick(this.#arrived, this.#random);
    this.#arrived.splice(this.#arrived.indexOf(name), 1);
    const id = `${this.#node.pods.get(name)?.cgroups.id}`;
    await this.#node.removePod(name);
    const left = async (): Promise<boolean> => (await members()).members.every(({ cgroup }) => cgroup !== id);
    await until(`the entry of ${name} is gone`, left, GONE_MS);
  }

  async retier(victim: Victim): Promise<void> {
    const pod = this.#node.pods.get(victim) ?? assert.fail(`no pod ${victim}`);
    const { tier, other } = VICTIMS[victim];
    const to = this.#away.has(victim) ? tier : other;
    if (!this.#away.delete(victim)) this.#away.add(victim);
    const asked = process.hrtime.bigint();
    await this.#tiers.set(victim, to);
    const layers = layersOf(to, pod.qos, false, this.#node.matching);
    const ms = await settled(workersOf(pod.loads), layers, asked);
    // Who comes back did not wait behind anybody.
    const kind = victim === 'starved' && to === tier ? 'spinning' : victim;
    this.#samples.add(`tier change → last thread moved, ${kind}`, ms);
  }

  resize(): void {
    this.#node.resizePod(pick(this.#arrived, this.#random), pick(REQUESTS, this.#random));
  }

  /** The tier that counts now, by the pod's name. */
  tierOf(name: string): Tier | null {
    if (!(name in VICTIMS)) return null;
    const victim = name as Victim;
    return this.#away.has(victim) ? VICTIMS[victim].other : VICTIMS[victim].tier;
  }

  async #right(pod: LabPod, tier: Tier, loads: ReadonlyArray<{ readonly pid: number }>): Promise<number> {
    const { qos, cgroups } = pod;
    // Whether Critical is fenced at this moment is not the pod's affair.
    const layers = [false, true].flatMap((demoted) => layersOf(tier, qos, demoted, this.#node.matching));
    return await settled(workersOf(loads), layers, cgroups.madeAtNs);
  }
}
