import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { credentials } from '@grpc/grpc-js';
import { agentClient } from '../../agent/api/definition.ts';
import type { AgentClient } from '../../agent/api/generated/temper/agent/v1/Agent.ts';
import type { GetStatusResponse__Output } from '../../agent/api/generated/temper/agent/v1/GetStatusResponse.ts';
import { ask } from '../agent/api/harness.ts';
import { OWNER_FILE } from '../double/play-kernel.ts';
import { NODES, PODS } from '../standin/api/resources.ts';
import type { Cluster } from '../standin/cluster.ts';
import { type AgentProcess, type AgentProcessOptions, startAgentProcess } from './agent-process.ts';
import { type ApiGate, startApiGate } from './api-gate.ts';
import { embedded, until } from './embedded.ts';
import { type HostTree, hostTree } from './host-tree.ts';
import { inTime } from './own-time.ts';
import { killIfThere, processesWith } from './processes.ts';

export const NODE = 'node-9';

/** What the agent leaves in its run directory, whatever became of it. */
const KNOWN_FILES: ReadonlySet<string> = new Set([
  'layers.json',
  'members.json',
  'last-known-good.json',
  'safe-mode',
  'agents',
]);

/** One node of an embedded cluster with the real agent on it: what a test does to the node, and what it sees of it. */
export interface AgentNode {
  readonly cluster: Cluster;
  readonly gate: ApiGate;
  readonly host: HostTree;
  /** The one that runs now, or ran last. */
  readonly agent: AgentProcess;
  closeCluster(): Promise<void>;
  annotation(key: string): string;
  annotate(key: string, value: string | null): void;
  addPod(name: string, priorityClassName: string, pids?: readonly number[]): Promise<PodOnNode>;
  /** Waits until the status on the Node begins with a text. What stood there before may be what it finds. */
  status(text: string): Promise<void>;
  /** Waits until the agent enforces, and each pod's cgroup is in a layer: no change for those is under way then. */
  enforces(): Promise<void>;
  kernelState(): string;
  /** Process id of the scheduler that was started last. */
  owner(): number;
  /** Waits until the kernel says `disabled`, by default for as long as safe mode or a death may take. */
  stock(withinMs?: number): Promise<void>;
  /** What the agent says by gRPC. Rejects where it does not answer within some seconds. */
  told(): Promise<GetStatusResponse__Output>;
  safeMode(on: boolean): Promise<unknown>;
  client(): Promise<AgentClient>;
  /** Starts another agent on the same host; the one before must have ended. */
  again(options?: Partial<AgentProcessOptions>): Promise<AgentProcess>;
  /** Starts another agent while the one before goes on, as an upgrade does; it is `agent` from `becomes` on. */
  beside(options?: Partial<AgentProcessOptions>): AgentProcess;
  becomes(agent: AgentProcess): void;
  /** Processes that have to do with this host: the agent and what it started. */
  processes(): number[];
  /** Files in the run directory that nobody knows. */
  strayFiles(): string[];
  close(): Promise<void>;
}

export interface PodOnNode {
  readonly uid: string;
  removeCgroup(): void;
}

const CALL_MS = 30_000;
const patiently = () => ({ deadline: Date.now() + CALL_MS });

export async function openNode(options: Partial<AgentProcessOptions> = {}): Promise<AgentNode> {
  const cluster = await embedded();
  await cluster.addNamespace('temper');
  await cluster.addNode({ name: NODE, cores: options.cpus ?? 8, agent: false });
  const gate = await startApiGate(cluster.url);
  const host = options.host ?? hostTree(options);
  const kubeconfig = cluster.kubeconfig.replace(cluster.url, gate.url);
  const start = (more: Partial<AgentProcessOptions>) =>
    startAgentProcess({ ...options, ...more, kubeconfig, node: NODE, host });
  let agent = start({});
  /** Each that runs beside another or did. */
  const all = new Set([agent]);
  let connected: { readonly to: AgentProcess; readonly client: AgentClient } | null = null;

  let closing: Promise<void> | undefined;
  const closeCluster = (): Promise<void> => {
    closing ??= gate.close().then(cluster.close);
    return closing;
  };
  const client = async (): Promise<AgentClient> => {
    if (connected?.to === agent) return connected.client;
    connected?.client.close();
    const { grpc } = await agent.ports;
    connected = { to: agent, client: agentClient(`127.0.0.1:${grpc}`, credentials.createInsecure(), {}) };
    return connected.client;
  };
  const told = async (): Promise<GetStatusResponse__Output> => {
    const api = await client();
    return await ask((request, done) => api.getStatus(request, patiently(), done), { withPods: true });
  };
  const annotation = (key: string): string =>
    cluster.api.get(NODES, NODE).metadata.annotations?.[`temper.codes/${key}`] ?? '';
  const kernelState = () => readFileSync(join(host.paths.sys, 'kernel/sched_ext/state'), 'utf8').trim();

  return {
    cluster,
    gate,
    host,
    get agent() {
      return agent;
    },
    closeCluster,
    annotation,
    annotate(key, value) {
      const annotations = { [`temper.codes/${key}`]: value };
      cluster.api.patch(NODES, { name: NODE, patch: { metadata: { annotations } } });
    },
    async addPod(name, priorityClassName, pids = [7, 8]) {
      const resources = { requests: { cpu: '1' } };
      const spec = { nodeName: NODE, priorityClassName, containers: [{ name: 'app', image: 'app:1', resources }] };
      const { object } = await cluster.api.create(PODS, { namespace: 'shop', body: { metadata: { name }, spec } });
      const uid = object.metadata.uid ?? '';
      return { uid, removeCgroup: agent.addCgroup(uid, 'burstable', pids) };
    },
    status: (text) =>
      until(`status ${text}`, () => annotation('agent-status').startsWith(text)).catch((error: Error) => {
        throw new Error(`${error.message}; it is ${annotation('agent-status')}\n${agent.log.slice(-15).join('\n')}`);
      }),
    async enforces() {
      let last = '';
      const isSettled = async (): Promise<boolean> => {
        const { status, pods } = await told();
        last = JSON.stringify([kernelState(), status, pods]);
        return kernelState() === 'enabled' && status === 'enforcing' && pods.every(({ layer }) => layer !== undefined);
      };
      await until('it enforces', isSettled).catch((error: Error) => {
        throw new Error(`${error.message}; it is ${last}\n${agent.log.slice(-15).join('\n')}`);
      });
    },
    kernelState,
    owner: () => Number(readFileSync(join(host.paths.sys, OWNER_FILE), 'utf8')),
    stock: (withinMs = 3_000) => inTime('the node is on stock', withinMs, () => kernelState() === 'disabled'),
    told,
    async safeMode(on) {
      const api = await client();
      return await ask((request, done) => api.setSafeMode(request, patiently(), done), { on });
    },
    client,
    async again(more = {}) {
      const before = agent;
      agent = start(more);
      // The kernel of the one before is played until that of the next is.
      await before.release();
      return agent;
    },
    beside(more = {}) {
      const next = start({ suffix: `-${all.size + 1}`, ...more });
      all.add(next);
      return next;
    },
    becomes(next) {
      agent = next;
    },
    processes: () => processesWith(host.root),
    strayFiles: () =>
      readdirSync(host.paths.run).filter((name) => !KNOWN_FILES.has(name) && !name.startsWith('kconfig-')),
    async close() {
      connected?.client.close();
      await Promise.all([...all.add(agent)].map((one) => one.release()));
      // What a broken agent has left must not outlive the test.
      for (const pid of processesWith(host.root)) killIfThere(pid);
      await agent.dispose();
      await closeCluster();
    },
  };
}

/** The same for a test: it ends with it, and it serves. */
export async function agentNode(t: TestContext, options: Partial<AgentProcessOptions> = {}): Promise<AgentNode> {
  const node = await openNode(options);
  t.after(node.close);
  await node.agent.ports;
  return node;
}
