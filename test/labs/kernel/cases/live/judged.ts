/** Whether everything is where it belongs and nothing was started anew, after each change. */
import assert from 'node:assert/strict';
import type { LabAgent } from '../../guest/agent.ts';
import type { LabNode } from '../../guest/node.ts';
import { describe, type ExpectedPod, layersOf } from '../../guest/oracle.ts';
import { PROGRAMS } from '../../guest/programs.ts';
import { judgeLayers, kernelTruth } from '../../guest/truth.ts';
import type { LivePods } from './pods.ts';

/** Long enough for all that sleep to wake up some times over. */
const LOOK_MS = 300;

export class Judge {
  readonly #node: LabNode;
  readonly #agent: LabAgent;
  readonly #pods: LivePods;
  readonly #enableSeq = kernelTruth().enableSeq;
  readonly #updates: Updates;
  /** Critical may be with or without its fence: the agent gives it back in its own time. */
  isFenceOpen = false;
  #threads = 0;

  private constructor(node: LabNode, agent: LabAgent, pods: LivePods, updates: Updates) {
    this.#node = node;
    this.#agent = agent;
    this.#pods = pods;
    this.#updates = updates;
  }

  static async of(node: LabNode, agent: LabAgent, pods: LivePods): Promise<Judge> {
    return new Judge(node, agent, pods, await updatesOf(agent));
  }

  /** Threads that were judged so far. */
  get threads(): number {
    return this.#threads;
  }

  sameAttach(): void {
    const { state, enableSeq } = kernelTruth();
    assert.deepEqual({ state, enableSeq }, { state: 'enabled', enableSeq: this.#enableSeq }, 'attached all the time');
  }

  /** By the oracle, of all threads of the node that ran. */
  async layers(): Promise<void> {
    const { judged, wrong } = await judgeLayers(PROGRAMS.layerOf, this.#expected(), LOOK_MS);
    this.#threads += judged.length;
    assert.deepEqual(wrong.map(describe), []);
  }

  /** @returns updates since the first look, by kind */
  async updates(): Promise<Updates> {
    const now = await updatesOf(this.#agent);
    return Object.fromEntries(Object.entries(now).map(([kind, count]) => [kind, count - (this.#updates[kind] ?? 0)]));
  }

  #expected(): ExpectedPod[] {
    const byHand = [...this.#node.pods.values()].flatMap(({ name, qos, cgroups }) => {
      const tier = this.#pods.tierOf(name);
      return tier === null ? [] : [{ path: cgroups.path, layers: layersOf(tier, qos, false, this.#node.matching) }];
    });
    const [fenced, without] = [this.#node.expected(false), this.#node.expected(true)];
    const all = fenced.map(({ path, layers }, at) => {
      return { path, layers: this.isFenceOpen ? [...layers, ...(without[at]?.layers ?? [])] : layers };
    });
    return [...byHand, ...all];
  }
}

type Updates = Readonly<Record<string, number>>;

const UPDATES = /^temper_scheduler_updates_total\{[^}]*kind="(\w+)"[^}]*\} (\d+)$/gm;

async function updatesOf(agent: LabAgent): Promise<Updates> {
  const counts: Record<string, number> = {};
  for (const [, kind = '', count] of (await agent.metrics()).matchAll(UPDATES)) {
    counts[kind] = (counts[kind] ?? 0) + Number(count);
  }
  return counts;
}
