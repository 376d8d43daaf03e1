import type { PodView } from '../src/model/pod-view.ts';
import type { NotOurs } from './ours.ts';

/** A node of an answer, with its score and where that came from, in words. */
export interface ExplainedNode {
  readonly name: string;
  readonly score: number;
  readonly why: string;
}

/** What we answered for a pod that we scored. */
export interface ScoredAnswer {
  /** Names in the request, each counted once. */
  readonly candidates: number;
  /** How many of them scored as unknown. */
  readonly unknown: number;
  /** How many of them lost their level to spread. */
  readonly heldBack: number;
  /** The node we prefer; null where several share the highest score, since nothing known tells them apart. */
  readonly best: ExplainedNode | null;
  readonly runnerUp: ExplainedNode | null;
  /** The nodes of the highest score; null where they are all of them, or too many to be a preference. */
  readonly preferred: readonly string[] | null;
}

/** Where a pod went that we had been asked for. */
export interface Binding {
  readonly node: string;
  readonly at: number;
  /** Whether that was a node of the highest score; null where we had no preference. */
  readonly firstChoice: boolean | null;
}

/** What is remembered of a pod that the scheduler asked for. */
export interface Placement {
  readonly pod: PodView;
  /** When the scheduler asked last, milliseconds since the epoch. */
  readonly askedAt: number;
  readonly answer: ScoredAnswer | { readonly notOurs: NotOurs };
  readonly binding: Binding | null;
}

/** How many pods are remembered; the one asked for longest ago goes first. */
export const MAX_PLACEMENTS = 2000;

/** The latest pods that the scheduler asked for, by uid. */
export class Placements {
  readonly #byPod = new Map<string, Placement>();

  get(uid: string): Placement | undefined {
    return this.#byPod.get(uid);
  }

  get size(): number {
    return this.#byPod.size;
  }

  /** Remembers an answer; one for the same pod takes the place of the earlier. */
  record(pod: PodView, askedAt: number, answer: Placement['answer']): void {
    if (pod.uid === '') return;
    this.#byPod.delete(pod.uid);
    const oldest = this.#byPod.keys().next().value;
    if (oldest !== undefined && this.#byPod.size >= MAX_PLACEMENTS) this.#byPod.delete(oldest);
    this.#byPod.set(pod.uid, { pod, askedAt, answer, binding: null });
  }

  /** Notes where the pod was bound; undefined where it is not remembered. */
  bound(uid: string, node: string, at: number): Placement | undefined {
    const placement = this.#byPod.get(uid);
    if (placement === undefined) return undefined;
    const { answer } = placement;
    const preferred = 'notOurs' in answer ? null : answer.preferred;
    const noted = { ...placement, binding: { node, at, firstChoice: preferred?.includes(node) ?? null } };
    this.#byPod.set(uid, noted);
    return noted;
  }
}
