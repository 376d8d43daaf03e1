import type { ListWatchObserver } from '../../src/kube/observer.ts';
import type { Watched } from '../../src/kube/store.ts';
import type { TemperError } from '../../src/model/errors.ts';
import type { HostPaths } from '../host/paths.ts';
import { type FileReading, removeFile, safeModeFile, writeFile } from './host-file.ts';
import { watchHostFile } from './host-file-watch.ts';
import { type NodeFacts, readNamespaceRequest, readNodeFacts } from './node-facts.ts';
import type { SafeMode, SafeModeSwitch } from './safe-mode.ts';
import { safeModeOf } from './sources.ts';
import { type WatchDeps, watchObject } from './watched-object.ts';

export interface SafeModeDeps extends WatchDeps {
  readonly nodeName: string;
  /** Of the release. */
  readonly namespace: string;
  readonly paths: Pick<HostPaths, 'run'>;
}

export interface WatchedSafeMode extends SafeModeSwitch {
  /** What is watched, by the label of the metrics. */
  readonly watches: ReadonlyMap<string, Watched<unknown>>;
}

/** Watches all that can ask for safe mode. Until each was read once, that alone keeps the node on stock. */
export function createSafeMode(deps: SafeModeDeps): WatchedSafeMode {
  const { clock, nodeName, namespace, paths } = deps;
  const path = safeModeFile(paths);
  const listeners: Array<(safeMode: SafeMode) => void> = [];
  const nodeListeners: Array<(node: NodeFacts) => void> = [];
  const problems = new Map<string, TemperError>();
  let file: FileReading | null = null;
  let inMemory = false;
  let current: SafeMode;

  const observer: ListWatchObserver = {
    ...deps.observer,
    problem(resource, error) {
      problems.set(resource, error);
      deps.observer.problem(resource, error);
      refresh();
    },
    recovered(resource) {
      problems.delete(resource);
      deps.observer.recovered(resource);
      refresh();
    },
  };
  const node = watchObject(
    { ...deps, observer },
    {
      collection: 'nodes',
      name: nodeName,
      read: readNodeFacts,
      seen(facts) {
        refresh();
        for (const listener of nodeListeners) listener(facts);
      },
    },
  );
  const release = watchObject(
    { ...deps, observer },
    {
      collection: 'namespaces',
      name: namespace,
      read: readNamespaceRequest,
      seen: () => refresh(),
    },
  );
  const fileWatch = watchHostFile(path, clock, (reading) => {
    file = reading;
    refresh();
  });

  const obstacle = (): string | null => {
    if (node.last === null && node.missing) return `the API server has no Node ${JSON.stringify(nodeName)}`;
    if (release.last === null && release.missing) return `it has no Namespace ${JSON.stringify(namespace)}`;
    return problems.get(node.last === null ? 'nodes' : 'namespaces')?.message ?? null;
  };

  const read = (): SafeMode =>
    safeModeOf({
      node: node.last?.safeMode ?? null,
      namespace: release.last?.safeMode ?? null,
      file,
      inMemory,
      obstacle: obstacle(),
    });

  function refresh(): void {
    const next = read();
    if (next.reason === current.reason) return;
    current = next;
    for (const listener of listeners) listener(next);
  }

  current = read();
  return {
    get safeMode() {
      return current;
    },
    get node() {
      return node.last;
    },
    watches: new Map<string, Watched<unknown>>([
      ['nodes', node.store],
      ['namespaces', release.store],
    ]),
    start() {
      fileWatch.start();
      node.start();
      release.start();
    },
    async stop() {
      fileWatch.stop();
      await Promise.all([node.stop(), release.stop()]);
    },
    set(on) {
      const problem = on
        ? writeFile(path, `asked for by gRPC, ${new Date(clock.now()).toISOString()}\n`)
        : removeFile(path);
      inMemory = on && problem !== null;
      fileWatch.look();
      return { safeMode: current, problem };
    },
    subscribe: (listener) => listeners.push(listener),
    subscribeNode: (listener) => nodeListeners.push(listener),
  };
}
