/** What must hold of a node whatever happened to it: proven enforcing with right layers, or proven stock, and nothing left over. */
import { availableParallelism } from 'node:os';
import type { Tier } from '../../../../src/model/tier.ts';
import { kernelLog, uptime } from '../runner/kernel-log.ts';
import { childOf, type LabAgent, schedulerProcesses } from './agent.ts';
import { type Objects, objectsNow, onlyKnownFiles, openFiles } from './leaks.ts';
import type { LabNode, LabPod } from './node.ts';
import { describe, isWithin, layersOf } from './oracle.ts';
import { PROGRAMS } from './programs.ts';
import { ATTACH_MS, STATUS_MS } from './times.ts';
import { judgeLayers, kernelTruth } from './truth.ts';
import { until } from './until.ts';

export interface PodOnNode {
  readonly pod: LabPod;
  /** That counts now, by its class or by hand. */
  readonly tier: Tier;
  readonly requestMilli: number;
}

export interface Wish {
  readonly word: 'enforcing' | 'observing' | 'safe-mode';
  readonly pods: readonly PodOnNode[];
}

/** CPUs that are never fenced; the agent's default. */
const RESERVE = 1;
/** Connections that come and go. */
const FILES_SLACK = 8;
/** All loads of the pods work more often than that. */
const LOOK_MS = 700;

export class Invariant {
  readonly #node: LabNode;
  /** On stock, before anything was attached. */
  readonly #objects: Objects;
  readonly #since = uptime();
  /** How many more there are while attached, as the first attach had them. */
  #attachedObjects: number | null = null;
  /** Of an agent, when it held for the first time. */
  #files = new Map<LabAgent, number>();
  /** Agents that have seen Critical ask for more than can be fenced. */
  readonly #hadNoRoom = new Set<LabAgent>();

  private constructor(node: LabNode, objects: Objects) {
    this.#node = node;
    this.#objects = objects;
  }

  /** To be made while nothing is attached. */
  static async of(node: LabNode): Promise<Invariant> {
    return new Invariant(node, await objectsNow());
  }

  /** Waits until it holds. @returns milliseconds */
  async holds(agent: LabAgent, wish: Wish): Promise<number> {
    const { word } = wish;
    let problem: string | null = null;
    const look = async (): Promise<boolean> => {
      problem = await this.#problem(agent, wish).catch((error: Error) => error.message);
      return problem === null;
    };
    const within = word === 'enforcing' ? ATTACH_MS : STATUS_MS;
    return await until(`${word}, by the kernel too`, look, within, () => `${problem}`);
  }

  /** The first thing that is not as it should be, what is cheap to look at first; null where all is. */
  async #problem(agent: LabAgent, wish: Wish): Promise<string | null> {
    const isEnforcing = wish.word === 'enforcing';
    const { state } = kernelTruth();
    if (state !== (isEnforcing ? 'enabled' : 'disabled')) return `the kernel says ${state}`;
    const status = this.#node.api.annotation('agent-status');
    if (!status.startsWith(wish.word)) return `the status is "${status}"`;
    const isDemoted = status.includes('critical demoted');
    return (
      this.#wrongDemotion(agent, wish, isDemoted) ??
      (await this.#wrongWords(agent, wish, isDemoted)) ??
      (isEnforcing ? await this.#wrongLayers(wish, isDemoted) : null) ??
      (await this.#leak(agent, isEnforcing))
    );
  }

  /** Demoted whenever there is no room. A while longer too: but never where there was always room. */
  #wrongDemotion(agent: LabAgent, { word, pods }: Wish, isDemoted: boolean): string | null {
    const critical = pods.filter(({ tier }) => tier === 'critical');
    const milli = critical.reduce((sum, { requestMilli }) => sum + requestMilli, 0);
    const hasRoom = milli <= (availableParallelism() - RESERVE) * 1_000;
    if (!hasRoom) this.#hadNoRoom.add(agent);
    if (word !== 'enforcing') return null;
    if (!hasRoom && !isDemoted) return `Critical asks for ${milli}m, and is not demoted`;
    return isDemoted && !this.#hadNoRoom.has(agent) ? `Critical asks for ${milli}m, and is demoted` : null;
  }

  /** What the agent says of its pods: all of them, no others, each in its layer and wanted in no other. */
  async #wrongWords(agent: LabAgent, { word, pods }: Wish, isDemoted: boolean): Promise<string | null> {
    const { scheduler, pods: said } = await agent.observe();
    const phase = word === 'enforcing' ? 'enforcing' : 'stock';
    if (scheduler.phase !== phase) return `the agent's phase is ${scheduler.phase}`;
    const known = new Map(said.map((one) => [one.uid, one]));
    for (const { pod, tier } of pods) {
      const one = known.get(pod.uid);
      if (one === undefined) return `the agent does not know ${pod.name}`;
      known.delete(pod.uid);
      const right = layersOf(tier, pod.qos, isDemoted, this.#node.matching);
      if (word === 'enforcing' && (one.wantedLayer !== undefined || !right.includes(one.layer))) {
        return `the agent has ${pod.name}, ${tier}, in ${one.layer}, and wants it in ${one.wantedLayer ?? one.layer}`;
      }
    }
    const others = [...known.values()].filter(({ name }) => name !== 'temper-agent');
    return others.length === 0 ? null : `the agent still knows ${others.map(({ name }) => name).join(' ')}`;
  }

  async #wrongLayers({ pods }: Wish, isDemoted: boolean): Promise<string | null> {
    const right = pods.map(({ pod, tier }) => ({
      path: pod.cgroups.path,
      layers: layersOf(tier, pod.qos, isDemoted, this.#node.matching),
    }));
    const { judged, wrong } = await judgeLayers(
      PROGRAMS.layerOf,
      [...right, ...this.#node.expected(isDemoted)],
      LOOK_MS,
    );
    if (wrong.length > 0) return wrong.map(describe).join('\n');
    const idle = pods.find(({ pod }) => !judged.some(({ cgroup }) => isWithin(cgroup, pod.cgroups.path)));
    return idle === undefined ? null : `no thread of ${idle.pod.name} was seen to run`;
  }

  async #leak(agent: LabAgent, isEnforcing: boolean): Promise<string | null> {
    const child = childOf(agent.pid);
    const schedulers = schedulerProcesses();
    if (schedulers.join() !== (isEnforcing ? `${child}` : ''))
      return `schedulers: ${schedulers}; the child is ${child}`;
    onlyKnownFiles();
    const [trouble] = kernelLog(this.#since).bad;
    if (trouble !== undefined) return `the kernel says: ${trouble}`;
    const now = await objectsNow();
    const more = sum(now) - sum(this.#objects);
    if (isEnforcing) this.#attachedObjects ??= more;
    if (more > (isEnforcing ? (this.#attachedObjects ?? 0) : 0)) return `${more} BPF objects more than at first`;
    const files = openFiles(agent.pid);
    const atFirst = this.#files.get(agent) ?? files;
    this.#files = new Map([[agent, atFirst]]);
    return files > atFirst + FILES_SLACK ? `the agent has ${files} files open, ${atFirst} at first` : null;
  }
}

function sum({ programs, maps, links }: Objects): number {
  return programs + maps + links;
}
