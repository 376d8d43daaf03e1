import type { CgroupTree } from '../../../agent/cgroups/tree.ts';
import type { CgroupWatch } from '../../../agent/cgroups/watch.ts';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import type { NodePodsWatch } from '../../../agent/pods/node-pods.ts';
import { NO_OVERRIDES, type Overrides, withOverride } from '../../../agent/pods/overrides.ts';
import type { NodeFacts } from '../../../agent/safemode/node-facts.ts';
import type { SafeMode, SafeModeSource, SafeModeSwitch } from '../../../agent/safemode/safe-mode.ts';

/** What the agent knows of its pods, without an API server. */
export interface FakePods extends NodePodsWatch {
  synced: boolean;
  readonly overridden: Overrides;
  /** Tells what the API has now. */
  tell(pods: Iterable<AgentPod>): void;
}

export function fakePods(first: Iterable<AgentPod> = []): FakePods {
  const listeners: Array<() => void> = [];
  let told = [...first];
  let overridden = NO_OVERRIDES;
  let pods: ReadonlyMap<string, AgentPod> | null = null;
  const changed = (): void => {
    pods = null;
    for (const listener of listeners) listener();
  };
  return {
    watched: undefined as never,
    synced: true,
    lastContactAt: undefined,
    get pods() {
      // The same map until something has changed, as the list-watch has it.
      pods ??= new Map(told.map((pod) => [pod.uid, withOverride(pod, overridden)]));
      return pods;
    },
    get overridden() {
      return overridden;
    },
    start: () => {},
    stop: () => Promise.resolve(),
    isBehind: false,
    configure: () => {},
    override(overrides) {
      overridden = overrides;
      changed();
    },
    subscribe: (listener) => void listeners.push(listener),
    tell(pods) {
      told = [...pods];
      changed();
    },
  };
}

export interface FakeCgroups extends CgroupWatch {
  /** How often it was told that a pod is missing. */
  readonly asked: number;
  find(tree: CgroupTree): void;
}

export function fakeCgroups(first: CgroupTree | null = null): FakeCgroups {
  const listeners: Array<(tree: CgroupTree) => void> = [];
  let tree = first;
  let asked = 0;
  return {
    get tree() {
      return tree;
    },
    get asked() {
      return asked;
    },
    scannedAt: undefined,
    failure: null,
    start: () => {},
    stop: () => {},
    ask(_paths, isMissing) {
      if (isMissing) asked += 1;
    },
    subscribe: (listener) => void listeners.push(listener),
    find(found) {
      tree = found;
      for (const listener of listeners) listener(found);
    },
  };
}

export interface FakeSafeMode extends SafeModeSwitch {
  /** Makes one source hold, or not. */
  hold(source: SafeModeSource, holds: boolean): void;
  /** The Node was seen. */
  see(facts: Partial<NodeFacts>): void;
}

export function fakeSafeMode(): FakeSafeMode {
  const listeners: Array<(safeMode: SafeMode) => void> = [];
  const nodeListeners: Array<(node: NodeFacts) => void> = [];
  const sources = new Set<SafeModeSource>();
  let node: NodeFacts | null = null;
  const safeMode = (): SafeMode => ({
    sources: [...sources],
    reason: sources.size === 0 ? null : `asked for by ${[...sources].join(' and ')}`,
  });
  const hold = (source: SafeModeSource, holds: boolean): void => {
    if (holds) sources.add(source);
    else sources.delete(source);
    for (const listener of listeners) listener(safeMode());
  };
  return {
    get safeMode() {
      return safeMode();
    },
    get node() {
      return node;
    },
    start: () => {},
    stop: () => Promise.resolve(),
    set(on) {
      hold('host-file', on);
      return { safeMode: safeMode(), problem: null };
    },
    subscribe: (listener) => void listeners.push(listener),
    subscribeNode: (listener) => void nodeListeners.push(listener),
    hold,
    see(facts) {
      const seen: NodeFacts = { ...NODE, ...node, ...facts };
      node = seen;
      for (const listener of nodeListeners) listener(seen);
    },
  };
}

const NODE: NodeFacts = {
  name: 'node-1',
  uid: 'n-1',
  safeMode: { wanted: false },
  enforceDisabled: false,
  qosOverrides: undefined,
  own: {},
};
