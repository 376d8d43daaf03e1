import { controllerOf } from '../src/model/pod.ts';
import type { PodView } from '../src/model/pod-view.ts';
import type { Decision } from './decide.ts';
import type { Review } from './review.ts';

/** A decision that was answered, as `explain` shows it. The pod itself is not kept: it may hold secrets. */
export interface LoggedDecision extends Pick<Decision, 'outcome' | 'reason' | 'containers'> {
  readonly tier: Decision['tier'] | undefined;
  readonly factor: Decision['factor'] | undefined;
  /** Of the admission request. */
  readonly uid: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Decisions kept; a busy cluster makes that many pods in some minutes. */
const MAX_DECISIONS = 5_000;
/** Containers kept of each decision; pods with more are rare, and the first tell the story. */
const MAX_CONTAINERS = 50;
/** A pod shows in the watch within this long of its admission, or it is not the same pod. */
const MAX_AGE_MS = 60_000;

interface Entry {
  readonly logged: LoggedDecision;
  /** Where the entry waits for its pod, or is kept once its pod is known. */
  key: string;
  hasPod: boolean;
}

/** Decisions of one controller whose pods the watch has not shown yet. A large Deployment has thousands. */
interface Waiting {
  /** Oldest first. */
  readonly entries: Set<Entry>;
  latest: Entry;
}

/**
 * The latest decisions, by pod. A pod of a controller has no name yet when it is admitted, so its
 * decision is kept by the request and joined when the watch shows a pod of that controller: the oldest
 * decision first, as pods of one controller that were admitted together were decided alike.
 */
export class DecisionLog {
  /** All entries, in a ring: the next one takes the place of the oldest. */
  readonly #entries: Entry[] = [];
  #next = 0;
  readonly #waiting = new Map<string, Waiting>();
  readonly #byPod = new Map<string, Entry>();

  /** Keeps a decision. A reinvocation that found the pod scaled already does not displace the one that scaled it. */
  add(review: Review, { outcome, reason, tier, factor, containers, pod }: Decision, now: number): void {
    const name = review.name || pod?.metadata.name || '';
    const controllerUid = pod === undefined ? '' : (controllerOf(pod)?.uid ?? '');
    const hasPod = name !== '';
    const key = hasPod
      ? `${review.namespace}/${name}`
      : `${review.namespace}/${controllerUid}/${pod?.metadata.generateName ?? ''}`;
    const latest = hasPod ? this.#byPod.get(key) : this.#waiting.get(key)?.latest;
    if (reason.id === 'already-scaled' && latest !== undefined && now - latest.logged.at < MAX_AGE_MS) return;

    const first = containers.slice(0, MAX_CONTAINERS);
    const logged = { outcome, reason, tier, factor, containers: first, uid: review.uid, at: now };
    const entry: Entry = { logged, key, hasPod };
    const oldest = this.#entries[this.#next];
    if (oldest !== undefined) this.#remove(oldest);
    this.#entries[this.#next] = entry;
    this.#next = (this.#next + 1) % MAX_DECISIONS;
    if (hasPod) this.#byPod.set(key, entry);
    else this.#await(entry);
  }

  /** A pod appeared in the watch. */
  seen(pod: PodView): void {
    const podKey = `${pod.namespace}/${pod.name}`;
    const known = this.#byPod.get(podKey);
    if (known !== undefined && isNear(known, pod)) return;
    const waiting = this.#waiting.get(`${pod.namespace}/${pod.controllerUid}/${pod.generateName}`);
    const entry = waiting?.entries.values().find((candidate) => isNear(candidate, pod));
    if (entry === undefined) return;
    this.#stopWaiting(entry);
    Object.assign(entry, { key: podKey, hasPod: true });
    this.#byPod.set(podKey, entry);
  }

  find(namespace: string, name: string): LoggedDecision | undefined {
    return this.#byPod.get(`${namespace}/${name}`)?.logged;
  }

  #remove(entry: Entry): void {
    if (!entry.hasPod) this.#stopWaiting(entry);
    else if (this.#byPod.get(entry.key) === entry) this.#byPod.delete(entry.key);
  }

  #await(entry: Entry): void {
    const waiting = this.#waiting.get(entry.key) ?? { entries: new Set(), latest: entry };
    waiting.entries.add(entry);
    waiting.latest = entry;
    this.#waiting.set(entry.key, waiting);
  }

  #stopWaiting(entry: Entry): void {
    const waiting = this.#waiting.get(entry.key);
    waiting?.entries.delete(entry);
    if (waiting?.entries.size === 0) this.#waiting.delete(entry.key);
  }
}

/** Creation times have whole seconds and come from another machine's clock. */
function isNear({ logged }: Entry, pod: PodView): boolean {
  return Math.abs((pod.createdAt ?? 0) - logged.at) <= MAX_AGE_MS;
}
