import type { Clock } from '../../src/model/clock.ts';
import type { HostPaths } from '../host/paths.ts';
import { type HintSource, INOTIFY } from './hints.ts';
import type { CgroupScanner } from './scan.ts';
import { isSameTree } from './to-tree.ts';
import type { CgroupTree } from './tree.ts';
import { createWatchedDirs } from './watched-dirs.ts';

/** Why a scan was made; the label of the metric. */
export type ScanCause = 'start' | 'hint' | 'interval' | 'settling' | 'asked';

/** Hears what the watch goes through. Its functions must not throw. */
export interface CgroupObserver {
  /** A scan was made; `problem` says why the tree could not be read, null where it could. */
  scanned(cause: ScanCause, problem: string | null): void;
  /** A scan at the interval found pods come or gone that no hint had told of: hints are lost, or late. */
  hintLost(): void;
  /** A directory cannot be watched, or no longer: scans go on, and the watch is tried again with each. */
  watchFailed(error: Error): void;
}

/** The cgroup tree, kept up to date. */
export interface CgroupWatch {
  /** The last that could be read; null before the first. */
  readonly tree: CgroupTree | null;
  /** When that was, milliseconds since the epoch. */
  readonly scannedAt: number | undefined;
  /** Why the last scan failed, so that `tree` is older than it should be; null where it did not. */
  readonly failure: string | null;
  /** Scans at once, then on hints and at the interval. To be called once. */
  start(): void;
  /** Scans soon, as after a hint: the caller knows of a pod that is not in the tree. */
  ask(): void;
  /** Calls `listener` after each scan that found something else than the one before. */
  subscribe(listener: (tree: CgroupTree) => void): void;
  stop(): void;
}

export interface CgroupWatchOptions {
  readonly paths: HostPaths;
  readonly clock: Clock;
  readonly scanner: CgroupScanner;
  readonly observer: CgroupObserver;
  /** `AgentPod.uid` of the pods that the API has on this node, as far as known. */
  readonly knownUids: () => ReadonlySet<string>;
  /** @default inotify */
  readonly hints?: HintSource;
  readonly timing?: Partial<CgroupTiming>;
}

export interface CgroupTiming {
  /** From a scan to one that a hint asks for. Where the last one is longer ago a hint is followed at once: a pod waits for its layer. */
  readonly gapMs: number;
  /** Between scans that need no hint. */
  readonly intervalMs: number;
  /** Between scans while a pod has no container yet, since hints tell of pods only. */
  readonly settleMs: number;
  /** So many scans at most for that, counted from the last change. */
  readonly maxSettling: number;
}

const TIMING: CgroupTiming = { gapMs: 25, intervalMs: 30_000, settleMs: 2_000, maxSettling: 15 };

/** Scans the tree when inotify hints at a change, and at intervals whatever it says. */
export function createCgroupWatch(options: CgroupWatchOptions): CgroupWatch {
  const { paths, clock, scanner, observer, knownUids, hints = INOTIFY } = options;
  const timing = { ...TIMING, ...options.timing };
  const listeners: Array<(tree: CgroupTree) => void> = [];
  let tree: CgroupTree | null = null;
  let scannedAt: number | undefined;
  /** When the last scan began, monotonic. */
  let begunAt = Number.NEGATIVE_INFINITY;
  let failure: string | null = null;
  let settling = 0;
  let stopped = false;
  let cancelSoon: (() => void) | null = null;
  let cancelNext: () => void = () => {};

  const soon = (cause: 'hint' | 'asked'): void => {
    if (stopped || cancelSoon !== null) return;
    const earliest = begunAt + timing.gapMs;
    cancelSoon = clock.after(Math.max(0, earliest - clock.monotonic()), () => scan(cause));
  };
  const dirs = createWatchedDirs({
    mount: paths.cgroup,
    hints,
    onHint: () => soon('hint'),
    onFailure: (error) => observer.watchFailed(error),
  });

  const take = (found: CgroupTree, isUnprompted: boolean): void => {
    const before = tree;
    const isChanged = before === null || !isSameTree(before, found);
    if (isUnprompted && before !== null && hasOtherPods(before, found)) observer.hintLost();
    tree = found;
    scannedAt = clock.now();
    if (isChanged) settling = 0;
    dirs.follow(found);
    if (isChanged) for (const listener of listeners) listener(found);
  };

  const next = (): void => {
    const isSettling = tree !== null && hasHalfMade(tree) && settling < timing.maxSettling;
    if (isSettling) settling += 1;
    cancelNext = isSettling
      ? clock.after(timing.settleMs, () => scan('settling'))
      : clock.after(timing.intervalMs, () => scan('interval'));
  };

  function scan(cause: ScanCause): void {
    cancelSoon?.();
    cancelSoon = null;
    cancelNext();
    begunAt = clock.monotonic();
    const result = scanner.scan(knownUids());
    failure = result.ok ? null : result.problem;
    observer.scanned(cause, failure);
    if (result.ok) take(result.tree, cause === 'interval');
    if (!stopped) next();
  }

  return {
    get tree() {
      return tree;
    },
    get scannedAt() {
      return scannedAt;
    },
    get failure() {
      return failure;
    },
    start: () => scan('start'),
    ask: () => soon('asked'),
    subscribe: (listener) => {
      listeners.push(listener);
    },
    stop() {
      stopped = true;
      cancelSoon?.();
      cancelNext();
      dirs.close();
    },
  };
}

function hasHalfMade({ pods }: CgroupTree): boolean {
  for (const { containers } of pods.values()) if (containers.size === 0) return true;
  return false;
}

function hasOtherPods(a: CgroupTree, b: CgroupTree): boolean {
  if (a.pods.size !== b.pods.size) return true;
  for (const uid of a.pods.keys()) if (!b.pods.has(uid)) return true;
  return false;
}
