import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Tier, TierOrSystem } from '../../../../src/model/tier.ts';
import type { Ctx } from '../runner/case.ts';
import { type LabAgent, startAgent } from './agent.ts';
import { type LabApi, labApi, NAMESPACE, RELEASE_NAMESPACE } from './api.ts';
import { matchingOf } from './binary.ts';
import type { Driver, Qos } from './cgroup-names.ts';
import { noObjectsMoreThan, objectsNow, onlyKnownFiles } from './leaks.ts';
import { type Load, type LoadOptions, startLoad } from './load.ts';
import { type ExpectedPod, layersOf, type Matching } from './oracle.ts';
import { type CgroupTree, cgroupTree, type PodCgroups } from './pods.ts';
import { PROGRAMS } from './programs.ts';

export type PodLoad = Omit<LoadOptions, 'cgroup'>;

export interface PodOptions {
  readonly name: string;
  readonly tier: TierOrSystem;
  /** Millicores; 0 is BestEffort where there is no limit either. @default 100 */
  readonly requestMilli?: number;
  readonly limitMilli?: number | null;
  readonly loads?: readonly PodLoad[];
  /** Between kubelet's and the runtime's directories. @default 0, as fast as can be */
  readonly gapMs?: number;
  /** From the API server's word of it to its first directory: kubelet hears of it when the agent does. @default 0 */
  readonly heardMs?: number;
  /** Processes that move into its first container's cgroup as soon as that is there. */
  readonly joins?: readonly number[];
}

/** A pod with its cgroups and what runs in it. */
export interface LabPod {
  readonly name: string;
  readonly uid: string;
  readonly tier: TierOrSystem;
  readonly qos: Qos;
  readonly cgroups: PodCgroups;
  readonly loads: readonly Load[];
}

/** The guest as a Kubernetes node: API server, cgroup tree, pods that run, and an agent. */
export interface LabNode {
  readonly api: LabApi;
  readonly tree: CgroupTree;
  /** Of the scheduler that the agent is given. With members nothing that happens to a pod starts it anew. */
  readonly matching: Matching;
  readonly pods: ReadonlyMap<string, LabPod>;
  /** The cgroup of the agent's own pod, from the mount. */
  readonly agentPath: string;
  addPod(pod: PodOptions): Promise<LabPod>;
  removePod(name: string): Promise<void>;
  /** What the API says that it asks for; its cgroups stay as they are. */
  resizePod(name: string, requestMilli: number): void;
  /** What the API says of its class, which a real API server never changes; to the agent it is news like any other. */
  retierPod(name: string, tier: Tier): void;
  /** What is frozen costs nothing: loads that only matter for a while need not slow the rest down. */
  freeze(pod: LabPod, frozen: boolean): void;
  /** Starts a load in a cgroup, given from the mount; it ends with the case. */
  load(cgroup: string, load: PodLoad): Promise<Load>;
  /** Where the threads of each pod belong. @param demoted whether Critical goes without its fence */
  expected(demoted?: boolean): ExpectedPod[];
  startAgent(flags?: readonly string[]): LabAgent;
}

/**
 * Of the agent's pod. Memory and processes are enough for it and for two instances of the scheduler while it is handed
 * over. Its request is ten times what a cluster would give it, as emulation takes ten times the CPU for all it does.
 */
export const AGENT_LIMITS = { memory: '768M', pids: '256', requestMilli: 1_000, limitMilli: 2_000 };
const AGENT = 'temper-agent';
/** The agent's directory: in a cluster a mount that outlives the pod. */
const RUN = '/run/temper';
/** While it is there the agent stands down. */
export const SAFE_MODE_FILE = join(RUN, 'safe-mode');

const CLASSES: Readonly<Record<TierOrSystem, string>> = {
  critical: 'temper-critical',
  high: 'temper-high',
  normal: 'temper-normal',
  low: 'temper-low',
  background: 'temper-background',
  system: 'system-node-critical',
};

export async function labNode(ctx: Ctx, driver: Driver = 'systemd'): Promise<LabNode> {
  const matching = await matchingOf(ctx.scx);
  const objects = await objectsNow();
  ctx.after(() => noObjectsMoreThan(objects));
  ctx.after(() => {
    onlyKnownFiles();
    rmSync(RUN, { recursive: true, force: true });
  });
  mkdirSync(RUN, { recursive: true });
  const tree = cgroupTree(driver);
  const api = await labApi(availableParallelism(), (text) => ctx.log(`agent-status: ${text}`));
  ctx.after(() => api.close());
  const pods = new Map<string, LabPod>();
  mkdirSync('/var/run/scx/root', { recursive: true });

  const load: LabNode['load'] = async (cgroup, options) => {
    const started = await startLoad(PROGRAMS.load, { ...options, cgroup: join(tree.mount, cgroup) });
    ctx.after(() => started.kill());
    return started;
  };
  const podOf = (name: string): LabPod => {
    const pod = pods.get(name);
    if (pod === undefined) throw new Error(`no pod ${name}`);
    return pod;
  };
  const removePod = async (name: string): Promise<void> => {
    const pod = podOf(name);
    pods.delete(name);
    api.removePod(name, namespaceOf(pod.tier));
    await pod.cgroups.remove();
  };
  // Whatever a case leaves, the next one finds no pods.
  ctx.after(() => tree.remove());
  const self = await agentPod(api, tree);
  return {
    api,
    tree,
    matching,
    pods,
    agentPath: self.cgroups.path,
    load,
    removePod,
    resizePod(name, requestMilli) {
      const { tier } = podOf(name);
      api.resizePod(name, resourcesOf(requestMilli, null), namespaceOf(tier));
    },
    retierPod: (name, tier) => api.retierPod(name, CLASSES[tier], namespaceOf(podOf(name).tier)),
    freeze: ({ cgroups }, frozen) => writeFileSync(join(tree.mount, cgroups.path, 'cgroup.freeze'), frozen ? '1' : '0'),
    async addPod({
      name,
      tier,
      requestMilli = 100,
      limitMilli = null,
      loads = [],
      gapMs = 0,
      heardMs = 0,
      joins = [],
    }) {
      const qos = qosOf(requestMilli, limitMilli);
      const uid = await api.addPod({
        name,
        namespace: namespaceOf(tier),
        priorityClassName: CLASSES[tier],
        resources: resourcesOf(requestMilli, limitMilli),
      });
      if (heardMs > 0) await new Promise((resolve) => setTimeout(resolve, heardMs));
      const starting: Array<Promise<Load>> = [];
      const cgroups = await tree.addPod({ uid, qos, requestMilli, limitMilli }, gapMs, (pause) => {
        for (const pid of joins) writeFileSync(join(pause, 'cgroup.procs'), `${pid}`);
        starting.push(startLoad(PROGRAMS.load, { cgroup: pause, mode: 'pause' }));
      });
      for (const one of loads) starting.push(load(cgroups.container, one));
      const [, ...running] = await Promise.all(starting);
      const pod = { name, uid, tier, qos, cgroups, loads: running };
      pods.set(name, pod);
      return pod;
    },
    expected: (demoted = false) => [
      { path: self.cgroups.path, layers: ['host'] },
      ...[...pods.values()].map(({ tier, qos, cgroups }) => ({
        path: cgroups.path,
        layers: layersOf(tier, qos, demoted, matching),
      })),
    ],
    startAgent(flags = []) {
      const agent = startAgent({
        kubeconfig: api.kubeconfig,
        cgroup: join(tree.mount, self.cgroups.container),
        podUid: self.uid,
        scheduler: ctx.scx,
        flags,
        logFile: ctx.artifact('agent.log'),
      });
      ctx.after(async () => {
        agent.signal('SIGKILL');
        await agent.ended;
      });
      return agent;
    },
  };
}

/** The agent's own pod, in the cgroup and with the limits that it has in a cluster. */
async function agentPod(
  api: LabApi,
  tree: CgroupTree,
): Promise<{ readonly uid: string; readonly cgroups: PodCgroups }> {
  const { memory, pids, requestMilli, limitMilli } = AGENT_LIMITS;
  const uid = await api.addPod({
    name: AGENT,
    namespace: RELEASE_NAMESPACE,
    priorityClassName: CLASSES.system,
    resources: resourcesOf(requestMilli, limitMilli),
  });
  const cgroups = await tree.addPod({ uid, qos: 'burstable', requestMilli, limitMilli });
  writeFileSync(join(tree.mount, cgroups.container, 'memory.max'), memory);
  writeFileSync(join(tree.mount, cgroups.container, 'pids.max'), pids);
  return { uid, cgroups };
}

function namespaceOf(tier: TierOrSystem): string {
  return tier === 'system' ? 'kube-system' : NAMESPACE;
}

function qosOf(requestMilli: number, limitMilli: number | null): Qos {
  if (requestMilli === 0 && limitMilli === null) return 'besteffort';
  // Memory is not asked for, so no pod here is Guaranteed but by a tree of its own.
  return 'burstable';
}

function resourcesOf(requestMilli: number, limitMilli: number | null) {
  return {
    ...(requestMilli > 0 && { requests: { cpu: `${requestMilli}m` } }),
    ...(limitMilli !== null && { limits: { cpu: `${limitMilli}m` } }),
  };
}
