import type { Clock } from '../../src/model/clock.ts';
import type { Factor } from '../../src/model/factor.ts';
import { TIER_CLASSES, type TierPolicy } from '../../src/model/tier.ts';
import type { HookCall } from './admission/dispatch.ts';
import { type Hook, httpHook, type Mutator, mutatorHook, type WebhookConfig } from './admission/hooks.ts';
import { registeredHooks } from './admission/registered.ts';
import { type AgentSettings, type Agents, createAgents } from './agents.ts';
import { createApi, type KubeApi } from './api/api.ts';
import { type SeenRequest, serveApi } from './api/http.ts';
import type { ObjectMeta } from './api/objects.ts';
import type { Random } from './api/random-names.ts';
import { NAMESPACES, NODES, PRIORITY_CLASSES } from './api/resources.ts';
import { startKubelets } from './kubelets.ts';
import type { ExtenderCall } from './scheduler/extender.ts';
import { type Attempt, createScheduler, type Scheduler } from './scheduler.ts';
import { seeded } from './seeded.ts';

/**
 * The embedded cluster: an in-process stand-in for the Kubernetes API, a scheduler, kubelets and
 * agents, none of them real. README.md beside this file says where it differs from a real one.
 */
export interface ClusterOptions {
  readonly clock: Clock;
  /** Names, uids and ties follow from it, and from another generator the jitter of the agents. @default 1 */
  readonly seed?: number;
  /** In place of the generator that `seed` gives. */
  readonly random?: Random;
  /** What the API server wants as bearer token. @default no authentication */
  readonly token?: string;
  /** How the agents tell tiers. */
  readonly tierPolicy: TierPolicy;
  /** The least factor that the agents believe an annotation of originals with. */
  readonly minimumFactor: Factor;
  /** Of the agents. @default 300000 */
  readonly heartbeatMs?: number;
  /** @default 'default-scheduler' */
  readonly schedulerName?: string;
  readonly onHookCall?: (call: HookCall) => void;
  readonly onExtenderCall?: (call: ExtenderCall) => void;
  readonly onAttempt?: (attempt: Attempt) => void;
  /** Told of every request that comes over HTTP. */
  readonly onRequest?: (seen: SeenRequest) => void;
}

/** A node with its agent. */
export interface NodeOptions extends Partial<AgentSettings> {
  readonly name: string;
  /** CPUs as Kubernetes counts them: hardware threads. */
  readonly cores: number;
  /** @default '32Gi' */
  readonly memory?: string;
  /** The most pods. @default 110 */
  readonly pods?: number;
  /** @default none */
  readonly zone?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Whether an agent runs there. @default true */
  readonly agent?: boolean;
}

export interface Cluster {
  /** Where the API is served over plain HTTP on loopback. */
  readonly url: string;
  /** Text of a kubeconfig for it. */
  readonly kubeconfig: string;
  readonly api: KubeApi;
  readonly scheduler: Scheduler;
  readonly agents: Agents;
  addNamespace(name: string, metadata?: Pick<ObjectMeta, 'labels' | 'annotations'>): Promise<void>;
  addNode(node: NodeOptions): Promise<void>;
  /**
   * The mutating webhooks from now on: mutators of this process, webhooks over HTTPS, mutators again. Those that are
   * registered by the API come after all of them.
   */
  setWebhooks(webhooks: readonly WebhookConfig[], before?: readonly Mutator[], after?: readonly Mutator[]): void;
  /** Ends every connection and every timer. */
  close(): Promise<void>;
}

/** When an agent writes depends on time: drawn from the cluster's own numbers, that would change names and ties. */
const JITTER_SEED_OFFSET = 104_729;
const NAMES_OF_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const SYSTEM_CLASSES: ReadonlyMap<string, number> = new Map([
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
]);
const DEFAULT_AGENT: Omit<AgentSettings, 'cores'> = {
  threads: 1,
  reserveCores: 1,
  usage: 0.4,
  pressure: 0,
  protection: 'auto',
  clockSkewMs: 0,
  silent: false,
};

/** Starts an embedded cluster with the namespaces and PriorityClasses of a real one, and those of temper's chart. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { clock, seed = 1, random = seeded(seed), token, tierPolicy, minimumFactor } = options;
  const api = createApi({ clock, random, onHookCall: options.onHookCall });
  for (const name of NAMES_OF_NAMESPACES) await api.create(NAMESPACES, { body: { metadata: { name } } });
  for (const [name, value] of SYSTEM_CLASSES) await addPriorityClass(api, name, value);
  for (const [name, { value }] of TIER_CLASSES) await addPriorityClass(api, name, value);

  const server = await serveApi(api, token, options.onRequest);
  const stopKubelets = startKubelets(api);
  const { schedulerName: name, onExtenderCall, onAttempt, heartbeatMs } = options;
  const scheduler = createScheduler({ api, clock, random, name, onExtenderCall, onAttempt });
  const jitter = options.random ?? seeded(seed + JITTER_SEED_OFFSET);
  const agents = createAgents({ api, clock, random: jitter, tierPolicy, minimumFactor, heartbeatMs });

  let given: readonly Hook[] = [];
  const registered = registeredHooks(api.store, clock, (hooks) => api.setHooks([...given, ...hooks]));

  return {
    url: server.url,
    kubeconfig: kubeconfigOf(server.url, token),
    api,
    scheduler,
    agents,
    async addNamespace(name, metadata = {}) {
      await api.create(NAMESPACES, { body: { metadata: { ...metadata, name } } });
    },
    async addNode(node) {
      await api.create(NODES, { body: nodeBody(node) });
      if (node.agent ?? true) agents.set(node.name, { ...DEFAULT_AGENT, ...node });
    },
    setWebhooks(webhooks, before = [], after = []) {
      const real = webhooks.map((config) => httpHook(config, clock));
      given = [...before.map(mutatorHook), ...real, ...after.map(mutatorHook)];
      api.setHooks([...given, ...registered.hooks()]);
    },
    async close() {
      agents.close();
      scheduler.close();
      stopKubelets();
      registered.stop();
      api.setHooks([]);
      await server.close();
    },
  };
}

async function addPriorityClass(api: KubeApi, name: string, value: number): Promise<void> {
  await api.create(PRIORITY_CLASSES, { body: { metadata: { name }, value } });
}

function nodeBody({ name, cores, memory = '32Gi', pods = 110, zone, labels = {} }: NodeOptions): unknown {
  const own = { 'kubernetes.io/hostname': name, ...(zone !== undefined && { 'topology.kubernetes.io/zone': zone }) };
  const capacity = { cpu: String(cores), memory, pods: String(pods) };
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady' };
  return { metadata: { name, labels: { ...own, ...labels } }, status: { capacity, conditions: [ready] } };
}

/** JSON is YAML, too. */
function kubeconfigOf(server: string, token: string | undefined): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'embedded', cluster: { server } }],
    users: [{ name: 'embedded', user: token === undefined ? {} : { token } }],
    contexts: [{ name: 'embedded', context: { cluster: 'embedded', user: 'embedded' } }],
    'current-context': 'embedded',
  });
}
