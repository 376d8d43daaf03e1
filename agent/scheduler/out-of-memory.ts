import { join } from 'node:path';
import { readTextSync } from '../host/file-text.ts';
import { ownCgroup } from '../host/own-cgroup.ts';
import type { HostPaths } from '../host/paths.ts';

/**
 * Tells whether the kernel has killed a process of our cgroup for lack of memory, there or on the whole node, since the
 * question before. It counts the victim before it sends the signal.
 *
 * @returns asks; `false` where that cannot be told
 */
export function outOfMemoryIn(paths: HostPaths): () => boolean {
  const own = ownCgroup(paths);
  const file = 'path' in own ? join(paths.cgroup, own.path, 'memory.events') : null;
  let seen = file === null ? null : kills(file);
  return () => {
    const before = seen;
    seen = file === null ? null : kills(file);
    return before !== null && seen !== null && seen > before;
  };
}

function kills(file: string): number | null {
  const events = readTextSync(file);
  const count = events.kind === 'text' ? /^oom_kill (\d{1,15})$/m.exec(events.text)?.[1] : undefined;
  return count === undefined ? null : Number(count);
}
