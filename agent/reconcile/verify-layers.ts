import { LAYERS, type LayerName } from '../layers/desired.ts';
import type { Statistics } from '../scheduler/ports.ts';

/** What is known of the threads of one layer's cgroups, apart from what the scheduler says of them. */
export interface LayerEvidence {
  /** Threads in its cgroups now; null where that cannot be told. */
  readonly threads: number | null;
  /** CPU time that its cgroups used since the look before, if the layer had no task then; milliseconds. */
  readonly ranMs: number;
  /** Whether tasks of cgroups that are not listed may be in it, as those of pods that nobody knows yet. */
  readonly takesUnknown: boolean;
}

/** Between the two readings pods start and end threads, and pods come and go: so many more are no proof. */
const SLACK = 16;

/** Less CPU time than this may have been used before the attach and charged after it. */
const RAN_MS = 50;

/**
 * Whether the scheduler has put threads where they do not belong: null where nothing says so. A thread that
 * has not run since the attach is in no layer yet, so few tasks prove nothing; what proves something is a
 * layer whose cgroups ran and that has no task, and one that has more tasks than threads belong to it.
 */
export function verifyLayers(
  { layers }: Statistics,
  evidence: Readonly<Partial<Record<LayerName, LayerEvidence>>>,
): string | null {
  for (const name of LAYERS) {
    const tasks = layers[name]?.tasks ?? null;
    const known = evidence[name];
    if (tasks === null || known === undefined) continue;
    if (tasks === 0 && known.ranMs > RAN_MS) {
      return `pods of layer ${name} used ${Math.round(known.ranMs)} ms of CPU, and it has no task`;
    }
    if (known.takesUnknown || known.threads === null) continue;
    if (tasks > known.threads * 1.25 + SLACK)
      return `layer ${name} has ${tasks} tasks, and ${known.threads} threads belong to it`;
  }
  return null;
}
