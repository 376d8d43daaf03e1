import { watchObserver } from '../../src/telemetry/watches.ts';
import { cgroupObserver } from '../cgroups/observer.ts';
import { createCgroupScanner } from '../cgroups/scan.ts';
import { type CgroupWatch, createCgroupWatch } from '../cgroups/watch.ts';
import { podPolicy } from '../config/policy.ts';
import type { HostPaths } from '../host/paths.ts';
import { createNodePods, type NodePodsWatch } from '../pods/node-pods.ts';
import { createSafeMode, type WatchedSafeMode } from '../safemode/create-safe-mode.ts';
import type { AgentDeps } from './agent.ts';

/** What the agent watches of the cluster and of the host. */
export interface Inputs {
  readonly pods: NodePodsWatch;
  readonly safeMode: WatchedSafeMode;
  readonly cgroups: CgroupWatch;
}

/** Makes them; nothing is asked before each is started. @throws {TemperError} TMP3056 */
export function createInputs(deps: AgentDeps, paths: HostPaths): Inputs {
  const { config, transport, clock, random, metrics, logger } = deps;
  const nodeName = config['node.name'];
  const kube = { transport, clock, random, observer: watchObserver(metrics, logger) };
  const pods = createNodePods({ ...kube, nodeName, policy: podPolicy(config) });
  const cgroups = createCgroupWatch({
    paths,
    clock,
    scanner: createCgroupScanner({ paths, clock }),
    observer: cgroupObserver(metrics, logger),
    knownUids: () => new Set(pods.pods.keys()),
  });
  return { pods, safeMode: createSafeMode({ ...kube, nodeName, namespace: config.releaseNamespace, paths }), cgroups };
}
