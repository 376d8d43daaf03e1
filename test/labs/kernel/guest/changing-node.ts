import { rmSync, writeFileSync } from 'node:fs';
import { isProtected } from '../../../../src/model/tier.ts';
import { childOf, type LabAgent } from './agent.ts';
import { pick, type Random } from './chance.ts';
import { ChangingPods } from './changing-pods.ts';
import { stock } from './checks.ts';
import type { Wish } from './invariant.ts';
import { type LabNode, SAFE_MODE_FILE } from './node.ts';

/** No bound of the agent is to hold up a run that changes more than any node does. */
const FLAGS = ['--scheduler-hold-ms=0', '--scheduler-attaches-per-hour=3600'];
/** One death more within ten minutes and the agent latches, as it should. */
const CHILD_DEATHS = 4;
const DEATHS_WINDOW_MS = 600_000;
const CUT_MS = 1_000;
const END_OF_SAFE_MODE = 'safe mode is taken back';
/** Then it ends: nothing that happens on stock shows that the scheduler lives through it. */
const CHANGES_IN_SAFE_MODE = 3;
/** What an agent that reads it must not take for overrides, not even in part. */
const badOverrides = (uid: string) => ['{', '[]', '🙂', '{"x":"root"}', `{"${uid}":"critical","y":7}`];

export interface Act {
  /** It happens to pods only: live where the scheduler can do that. */
  readonly isLive?: boolean;
  /** The network has a part in it: several in a row and the agent waits for longer each time, up to half a minute. */
  readonly isCut?: boolean;
  readonly can: () => boolean;
  readonly do: () => Promise<void> | void;
}

/** A node to which things happen by chance, with what is to come of them. */
export class ChangingNode {
  readonly #node: LabNode;
  readonly #random: Random;
  readonly #pods: ChangingPods;
  /** Of children of this agent. */
  #deaths: number[] = [];
  #safe: 'file' | 'annotation' | null = null;
  #sinceSafe = 0;
  #agent: LabAgent;

  constructor(node: LabNode, random: Random) {
    this.#node = node;
    this.#random = random;
    this.#pods = new ChangingPods(node, random);
    this.#agent = node.startAgent(FLAGS);
  }

  get agent(): LabAgent {
    return this.#agent;
  }

  get pods(): ChangingPods {
    return this.#pods;
  }

  /** What the node is to be like now. */
  get wish(): Wish {
    const pods = this.#pods.all;
    if (this.#safe !== null) return { word: 'safe-mode', pods };
    return { word: pods.some(({ tier }) => isProtected(tier)) ? 'enforcing' : 'observing', pods };
  }

  readonly acts: Readonly<Record<string, Act>> = {
    'a pod comes': { isLive: true, can: () => true, do: () => this.#pods.add() },
    'a pod goes': { isLive: true, can: () => this.#pods.count > 1, do: () => this.#pods.remove() },
    'a pod comes anew in another tier': {
      isLive: true,
      can: () => this.#pods.count > 0,
      do: () => this.#pods.anew(),
    },
    'pods come and go at once': { isLive: true, can: () => this.#pods.count > 1, do: () => this.#pods.several() },
    'a tier is set by hand': {
      isLive: true,
      can: () => this.#pods.count > 0,
      do: () => this.#pods.setTier(this.#agent),
    },
    'a tier set by hand is taken back': {
      isLive: true,
      can: () => this.#pods.countByHand > 0,
      do: () => this.#pods.clearTier(this.#agent),
    },
    'safe mode is asked for': { can: () => this.#safe === null, do: () => this.#safeOn() },
    [END_OF_SAFE_MODE]: { can: () => this.#safe !== null, do: () => this.#safeOff() },
    'the child is killed': { can: () => this.#canKillChild(), do: () => this.#killChild() },
    'the agent is killed': { can: () => true, do: () => this.#replaceAgent() },
    'the API is cut while a pod comes': { isLive: true, isCut: true, can: () => true, do: () => this.#cut() },
    'the agent is killed, and the next one finds bad overrides': {
      can: () => this.#pods.count > 0,
      do: () => this.#badOverrides(),
    },
  };

  /** Whether it may happen now. */
  can(kind: string): boolean {
    const isDue = this.#safe !== null && this.#sinceSafe >= CHANGES_IN_SAFE_MODE;
    return (!isDue || kind === END_OF_SAFE_MODE) && this.acts[kind]?.can() === true;
  }

  async happens(kind: string): Promise<void> {
    this.#sinceSafe += 1;
    await this.acts[kind]?.do();
  }

  /** Makes possible what is not: a child to be killed, a tier to be taken back. */
  async enable(): Promise<void> {
    if (this.#pods.count === 0) await this.#pods.add('normal');
    await this.#pods.setTier(this.#agent, 'high');
  }

  async #safeOn(): Promise<void> {
    this.#safe = pick(['file', 'annotation'] as const, this.#random);
    this.#sinceSafe = 0;
    if (this.#safe === 'file') writeFileSync(SAFE_MODE_FILE, '');
    else this.#node.api.annotate('safe-mode-requested', 'true');
    await stock();
  }

  #safeOff(): void {
    if (this.#safe === 'file') rmSync(SAFE_MODE_FILE);
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
  async #badOverrides(): Promise<void> {
    const uid = this.#node.pods.get(this.#pods.one())?.uid ?? '';
    await this.#replaceAgent(() => {
      this.#node.api.annotate('qos-overrides', pick(badOverrides(uid), this.#random));
      this.#pods.forgetTiers();
    });
  }

  async #cut(): Promise<void> {
    this.#node.api.cut();
    await this.#pods.add();
    await new Promise((resolve) => setTimeout(resolve, CUT_MS));
    this.#node.api.mend();
  }
}
