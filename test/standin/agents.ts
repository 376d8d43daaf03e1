import type { Clock } from '../../src/model/clock.ts';
import type { Factor } from '../../src/model/factor.ts';
import { TIER_LOAD } from '../../src/model/keys.ts';
import type { TierPolicy } from '../../src/model/tier.ts';
import { encodeTierLoad, type TierLoad } from '../../src/model/tier-load.ts';
import { watchLoads } from './agents/loads.ts';
import { type Machine, tierLoadOf } from './agents/tier-load-of.ts';
import type { KubeApi } from './api/api.ts';
import { NODES } from './api/resources.ts';

/** One simulated agent. */
export interface AgentSettings extends Machine {
  /**
   * `auto`: `enforcing` while a Critical or High pod is on the node, else `ready`. @default 'auto'
   */
  readonly protection: 'auto' | 'enforcing' | 'ready' | 'none';
  /** How far its clock is ahead. */
  readonly clockSkewMs: number;
  /** It writes nothing; what it wrote last stays. */
  readonly silent: boolean;
}

export interface AgentsOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** For the jitter of heartbeats. */
  readonly random: () => number;
  readonly tierPolicy: TierPolicy;
  /** The least factor that an original-requests annotation is believed with. */
  readonly minimumFactor: Factor;
  /** The longest time between two writes. @default 300000 */
  readonly heartbeatMs?: number | undefined;
}

/** The simulated agents of all nodes: each publishes the tier load of its node as the real one will. */
export interface Agents {
  /** Puts an agent on a node that exists, with which it publishes for the first time; or changes its settings. */
  set(node: string, settings: AgentSettings): void;
  /** Publishes the load of every node that is not silent, whatever the rate limit says. */
  publishAll(): void;
  close(): void;
}

/** A change of load waits at least this long after the last write; a change of the protection word does not. */
const MIN_INTERVAL_MS = 30_000;
const HEARTBEAT_MS = 300_000;
/** Heartbeats come up to this share early, so that those of many nodes drift apart. */
const JITTER = 0.1;

interface Agent {
  settings: AgentSettings;
  /** When it wrote last, on the monotonic clock. */
  writtenAt: number;
  /** What it wrote, without the time. */
  written: string;
  protection: TierLoad['protection'];
  cancelHeartbeat: () => void;
  /** Takes back the write that waits for the rate limit; undefined where none does. */
  cancelWait: (() => void) | undefined;
}

export function createAgents(options: AgentsOptions): Agents {
  const { api, clock, random, tierPolicy, minimumFactor, heartbeatMs = HEARTBEAT_MS } = options;
  const agents = new Map<string, Agent>();
  const loads = watchLoads(api.store, tierPolicy, minimumFactor, (node) => {
    const agent = agents.get(node);
    if (agent !== undefined) changed(node, agent);
  });

  function loadOf(node: string, { settings }: Agent): TierLoad {
    const at = clock.now() + settings.clockSkewMs;
    return tierLoadOf(settings, loads.on(node), { at, heartbeatMs, protection: settings.protection });
  }

  function publish(node: string, agent: Agent): void {
    stopTimers(agent);
    if (agent.settings.silent) return;
    const load = loadOf(node, agent);
    agent.writtenAt = clock.monotonic();
    agent.written = withoutTime(load);
    agent.protection = load.protection;
    const early = heartbeatMs * (1 - random() * JITTER);
    agent.cancelHeartbeat = clock.after(early, () => publish(node, agent));
    const annotations = { [TIER_LOAD]: encodeTierLoad(load) };
    api.patch(NODES, { name: node, patch: { metadata: { annotations } } });
  }

  /** Writes now if it may, else as soon as it may; not at all where there is nothing new to say. */
  function changed(node: string, agent: Agent): void {
    const load = loadOf(node, agent);
    if (agent.settings.silent || withoutTime(load) === agent.written) return;
    const wait = agent.writtenAt + MIN_INTERVAL_MS - clock.monotonic();
    if (wait <= 0 || load.protection !== agent.protection) {
      publish(node, agent);
      return;
    }
    agent.cancelWait ??= clock.after(wait, () => {
      agent.cancelWait = undefined;
      changed(node, agent);
    });
  }

  const unsubscribe = api.store.subscribe(({ resource, type, key }) => {
    const agent = resource === NODES.plural && type === 'DELETED' ? agents.get(key) : undefined;
    if (agent === undefined) return;
    stopTimers(agent);
    agents.delete(key);
  });

  return {
    set(node, settings) {
      api.get(NODES, node);
      const agent = agents.get(node) ?? unwritten(settings);
      agents.set(node, agent);
      agent.settings = settings;
      publish(node, agent);
    },
    publishAll() {
      for (const [node, agent] of agents) publish(node, agent);
    },
    close() {
      unsubscribe();
      loads.close();
      for (const agent of agents.values()) stopTimers(agent);
    },
  };
}

function unwritten(settings: AgentSettings): Agent {
  return {
    settings,
    writtenAt: Number.NEGATIVE_INFINITY,
    written: '',
    protection: 'none',
    cancelHeartbeat: () => {},
    cancelWait: undefined,
  };
}

function stopTimers(agent: Agent): void {
  agent.cancelHeartbeat();
  agent.cancelWait?.();
  agent.cancelWait = undefined;
}

function withoutTime(load: TierLoad): string {
  return encodeTierLoad({ ...load, at: 0 });
}
