import { join } from 'node:path';
import { readText } from '../host/file-text.ts';
import type { HostPaths } from '../host/paths.ts';
import type { Room } from '../scheduler/ports.ts';
import { shortBeside, shortForTwo } from './checks/memory.ts';
import { readMemoryLimit } from './read-process.ts';

/** Looks before each hand-over: what was free when the agent started says nothing of now. */
export function roomForTwo(paths: HostPaths): Room {
  return {
    async shortage() {
      return shortForTwo(await readText(join(paths.proc, 'meminfo')), readMemoryLimit(paths));
    },
  };
}

/**
 * The same for a scheduler beside that of another agent, which has a memory limit of its own. Whether ours is enough for one
 * shows when it loads.
 */
export function roomBeside(paths: HostPaths): Room {
  return { shortage: async () => shortBeside(await readText(join(paths.proc, 'meminfo'))) };
}
