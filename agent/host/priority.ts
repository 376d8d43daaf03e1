import { setPriority } from 'node:os';

/** As high as that of the child: see `agent/scheduler/children.ts`. */
const NICE = -19;

/**
 * Raises this process to the nice value of its own child. The kernel weighs nice values within a cgroup only, and in
 * ours there is nobody but the two: without this the child, while it loads, would take all that our pod gets of a busy
 * node, and nothing would be read or answered meanwhile.
 *
 * To be called before threads are started: those that run already keep theirs.
 *
 * @returns why it could not, null where it could
 */
export function raisePriority(): string | null {
  try {
    setPriority(NICE);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
