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
  /** The last that could be read, the same object as long as it is the same tree; null before the first. */
  readonly tree: CgroupTree | null;
  /** When that was, milliseconds since the epoch. */
  readonly scannedAt: number | undefined;
  /** Why the last scan failed, so that `tree` is older than it should be; null where it did not. */
  readonly failure: string | null;
  /** Scans at once, then on hints and at the interval. To be called once. */
  start(): void;
  /**
   * Looks into these pods' directories soon, as after a hint: their containers may be there by now. Whether pods are known
   * that have no directory counts as it was said last: a hint tells of that as a rule, and else the tree is scanned some time later.
   */
  ask(paths: Iterable<string>, isMissing: boolean): void;
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
  /** From a scan of all to what a hint asks for. Where the last one is longer ago a hint is followed at once: a pod waits for its layer. */
  readonly gapMs: number;
  /** The same from a look at some pods, which costs next to nothing. */
  readonly lookGapMs: number;
  /** From the question for a pod that is missing to a scan. */
  readonly missingMs: number;
  /** Between scans of all that need no hint. */
  readonly intervalMs: number;
  /** From some pods to the next ones, where all are looked at and nothing hurries. */
  readonly partGapMs: number;
  /** Between looks at pods that have no container yet, since hints tell of pods only. */
  readonly settleMs: number;
  /** So many at most for that, counted from the last change. */
  readonly maxSettling: number;
}

/**
 * Where more hints than these come between two looks, all there is is scanned: the kernel's queue may have overflowed, of
 * which Node says nothing, and then what is told is not all that happened. Its length is `fs.inotify.max_queued_events`, as a
 * rule thousands, but it may be set to tens.
 */
const MOST_HINTS = 16;

const TIMING: CgroupTiming = {
  gapMs: 25,
  lookGapMs: 5,
  missingMs: 1_000,
  intervalMs: 30_000,
  partGapMs: 10,
  settleMs: 2_000,
  maxSettling: 15,
};

/** So many pods are looked at in one go, where all are: a change does not wait for the files of hundreds. */
const PART = 16;

/** Looks at pods that inotify hints at, and at all of them at intervals whatever it says. */
export function createCgroupWatch(options: CgroupWatchOptions): CgroupWatch {
  const { paths, clock, scanner, observer, knownUids, hints = INOTIFY } = options;
  const timing = { ...TIMING, ...options.timing };
  const listeners: Array<(tree: CgroupTree) => void> = [];
  let tree: CgroupTree | null = null;
  let scannedAt: number | undefined;
  /** When the last scan of all began, monotonic. */
  let wholeAt = Number.NEGATIVE_INFINITY;
  /** Before when no hint is followed, monotonic. */
  let earliest = Number.NEGATIVE_INFINITY;
  /** Directories of pods to look at next; null for all there is. */
  let pending: Set<string> | null = new Set();
  /** Hints since the last look. */
  let hinted = 0;
  let failure: string | null = null;
  let settling = 0;
  /** Directories of pods that have no container yet. */
  let halfMade = NONE;
  /** What is left to look at of all there is. */
  let rest: readonly string[] = [];
  let stopped = false;
  let cancelSoon: (() => void) | null = null;
  let cancelMissing: (() => void) | null = null;
  let cancelNext: () => void = () => {};
  let cancelPart: () => void = () => {};

  const soon = (cause: 'hint' | 'asked', path: string | null): void => {
    if (stopped) return;
    if (path === null) pending = null;
    else pending?.add(path);
    cancelSoon ??= clock.after(Math.max(0, earliest - clock.monotonic()), () => scan(cause, pending));
  };
  const dirs = createWatchedDirs({
    mount: paths.cgroup,
    hints,
    onHint: (path) => {
      hinted += 1;
      soon('hint', hinted > MOST_HINTS ? null : path);
    },
    onFailure: (error) => observer.watchFailed(error),
  });

  const take = (found: CgroupTree, isUnprompted: boolean): void => {
    const before = tree;
    const isChanged = before === null || !isSameTree(before, found);
    if (isUnprompted && before !== null && hasOtherPods(before, found)) observer.hintLost();
    scannedAt = clock.now();
    dirs.follow(found);
    if (!isChanged) return;
    tree = found;
    settling = 0;
    halfMade = halfMadeIn(found);
    for (const listener of listeners) listener(found);
  };

  const next = (): void => {
    const due = wholeAt + timing.intervalMs - clock.monotonic();
    const isSettling = halfMade.size > 0 && settling < timing.maxSettling && timing.settleMs < due;
    if (isSettling) settling += 1;
    cancelNext = isSettling
      ? clock.after(timing.settleMs, () => scan('settling', halfMade))
      : clock.after(Math.max(0, due), () => scanAll('interval'));
  };

  /** All there is, in parts where that can be done. */
  function scanAll(cause: 'interval' | 'asked'): void {
    const all = scanner.outline();
    if (all === null) {
      scan(cause, null);
      return;
    }
    wholeAt = clock.monotonic();
    rest = all;
    scanPart(cause);
  }

  function scanPart(cause: 'interval' | 'asked'): void {
    cancelPart();
    const part = new Set(rest.slice(0, PART));
    rest = rest.slice(PART);
    scan(cause, part, rest.length === 0);
    if (rest.length > 0 && !stopped) cancelPart = clock.after(timing.partGapMs, () => scanPart(cause));
  }

  /**
   * @param paths null for all there is; what hints have told of is looked at in any case
   * @param isLast whether that ends what was begun for this cause
   */
  function scan(cause: ScanCause, paths: ReadonlySet<string> | null, isLast = true): void {
    cancelSoon?.();
    cancelSoon = null;
    cancelNext();
    const isPrompted = hinted > 0;
    const { result, isWhole } = read(paths);
    failure = result.ok ? null : result.problem;
    if (isLast || isWhole || failure !== null) observer.scanned(cause, failure);
    if (result.ok) take(result.tree, cause === 'interval' && !isPrompted);
    if (!stopped) next();
  }

  /** Looks where that tells all, else reads all there is. */
  function read(paths: ReadonlySet<string> | null) {
    const now = clock.monotonic();
    const looked = pending === null || paths === null ? null : scanner.look(pending.union(paths));
    pending = new Set();
    hinted = 0;
    earliest = now + (looked === null ? timing.gapMs : timing.lookGapMs);
    if (looked !== null) return { result: looked, isWhole: false };
    wholeAt = now;
    rest = [];
    return { result: scanner.scan(knownUids()), isWhole: true };
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
    start: () => scan('start', null),
    ask(paths, isMissing) {
      for (const path of paths) soon('asked', path);
      if (!isMissing || stopped) {
        cancelMissing?.();
        cancelMissing = null;
      } else {
        cancelMissing ??= clock.after(timing.missingMs, () => {
          cancelMissing = null;
          scanAll('asked');
        });
      }
    },
    subscribe: (listener) => {
      listeners.push(listener);
    },
    stop() {
      stopped = true;
      cancelSoon?.();
      cancelMissing?.();
      cancelNext();
      cancelPart();
      dirs.close();
    },
  };
}

const NONE: ReadonlySet<string> = new Set();

/** Directories of pods that have no container yet. */
function halfMadeIn({ pods }: CgroupTree): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { path, containers } of pods.values()) if (containers.size === 0) paths.add(path);
  return paths;
}

function hasOtherPods(a: CgroupTree, b: CgroupTree): boolean {
  if (a.pods.size !== b.pods.size) return true;
  for (const uid of a.pods.keys()) if (!b.pods.has(uid)) return true;
  return false;
}
