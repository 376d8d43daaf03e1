/** Pods to which the agent's changes happen, each watched until its threads are where they belong. */
import assert from 'node:assert/strict';
import { TIERS, type Tier } from '../../../../../src/model/tier.ts';
import { pick, type Random } from '../../guest/chance.ts';
import { members } from '../../guest/members.ts';
import type { LabNode, LabPod, PodLoad, PodOptions } from '../../guest/node.ts';
import { layersOf } from '../../guest/oracle.ts';
import type { Tiers } from '../../guest/tiers.ts';
import { until } from '../../guest/until.ts';
import type { Samples } from './samples.ts';
import { lastMoved, longestFromStart, settled, workersOf } from './settled.ts';

const GONE_MS = 10_000;
const LIGHT = { mode: 'sleeper', sleep: 10_000, work: 200 } as const;
const HOG = { mode: 'hog', name: 'joins' } as const;
const SLEEPERS = { ...LIGHT, threads: 2 } as const;
/** Its threads come and go all the time: some are born while it gets its layer. */
const FORKS = { mode: 'forks', sleep: 30_000 } as const;
/** Kubelet, ten times as slow as on a real CPU. */
const HEARD_MS = 50;
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
  /** How often a tier is set by hand before all others are told by the API: the agent takes 30 at once and one more in 24 s. */
  #byHand: number;
  /** Where processes run before they move into a pod. */
  readonly #waiting: string;

  constructor(node: LabNode, tiers: Tiers, random: Random, samples: Samples, byHand: number) {
    this.#node = node;
    this.#tiers = tiers;
    this.#random = random;
    this.#samples = samples;
    this.#byHand = byHand;
    this.#waiting = node.tree.addSlice('system.slice/joins.service');
  }

  get count(): number {
    return this.#arrived.length;
  }

  /**
   * As kubelet and a runtime make it, as fast as they can, with processes that move there before anybody has told the
   * scheduler. They run already: to start one takes longer here than all that is measured.
   */
  async join(): Promise<void> {
    const start = (load: PodLoad) => this.#node.load(this.#waiting, load);
    const [hog, sleepers, forks] = [await start(HOG), await start(SLEEPERS), await start(FORKS)];
    const spinning = workersOf([hog]);
    const asleep = workersOf([sleepers]);
    const [pod, tier] = await this.#add({ joins: [hog.pid, sleepers.pid, forks.pid] });
    const threads = await settled([...spinning, ...asleep], this.#layersOf(pod, tier));
    hog.kill();
    for (const [how, tids] of Object.entries({ spins: spinning, sleeps: asleep })) {
      const times = threads.filter(({ tid }) => tids.includes(tid));
      const what = `pod cgroup made → the last one that ${how} there in its layer`;
      this.#samples.addJudged(what, lastMoved(times, pod.cgroups.madeAtNs));
    }
  }

  /** The same with processes that begin there, each when its directory and program are. */
  async begin(): Promise<void> {
    const [pod, tier] = await this.#add({ loads: [SLEEPERS, FORKS] });
    const threads = await settled(workersOf(pod.loads.slice(0, 1)), this.#layersOf(pod, tier));
    this.#samples.addJudged('thread of a new pod started → in its layer', longestFromStart(threads));
    this.#samples.add(
      'pod cgroup made → the last one that began there in its layer',
      lastMoved(threads, pod.cgroups.madeAtNs),
    );
  }

  async #add(what: Pick<PodOptions, 'joins' | 'loads'>): Promise<[LabPod, Tier]> {
    const tier = pick(TIERS, this.#random);
    const name = `arrival-${++this.#made}`;
    const requestMilli = pick(REQUESTS, this.#random);
    const pod = await this.#node.addPod({ name, tier, requestMilli, heardMs: HEARD_MS, ...what });
    this.#arrived.push(name);
    return [pod, tier];
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
    const isByHand = this.#byHand > 0;
    if (this.#byHand-- === 0) await this.#letGo();
    const { tier, other } = VICTIMS[victim];
    const to = this.#away.has(victim) ? tier : other;
    if (!this.#away.delete(victim)) this.#away.add(victim);
    const asked = process.hrtime.bigint();
    if (isByHand) await this.#tiers.set(victim, to);
    else this.#node.retierPod(victim, to);
    const threads = await settled(workersOf(pod.loads), layersOf(to, pod.qos, false, this.#node.matching));
    // Who comes back did not wait behind anybody.
    const kind = victim === 'starved' && to === tier ? 'spinning' : victim;
    const how = isByHand ? 'tier set by hand' : 'tier told by the API';
    this.#samples.addJudged(`${how} → last thread moved, ${kind}`, lastMoved(threads, asked));
  }

  /** Every tier stays as it was set by hand, and the API says the same. */
  async #letGo(): Promise<void> {
    for (const victim of Object.keys(VICTIMS) as Victim[]) {
      this.#node.retierPod(victim, this.tierOf(victim) ?? VICTIMS[victim].tier);
      await this.#tiers.clear(victim);
    }
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

  #layersOf({ qos }: LabPod, tier: Tier): string[] {
    // Whether Critical is fenced at this moment is not the pod's affair.
    return [false, true].flatMap((demoted) => layersOf(tier, qos, demoted, this.#node.matching));
  }
}
