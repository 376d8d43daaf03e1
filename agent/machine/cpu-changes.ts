import { join } from 'node:path';
import { readTextSync } from '../host/file-text.ts';
import type { HostPaths } from '../host/paths.ts';

/**
 * Another text whenever CPUs have come or gone; null where the kernel does not tell. It counts a CPU that goes before it
 * takes it from the list, so a CPU that goes is two changes.
 */
export function cpuChanges({ sys }: HostPaths): string | null {
  const online = readTextSync(join(sys, 'devices/system/cpu/online'));
  const changes = readTextSync(join(sys, 'kernel/sched_ext/hotplug_seq'));
  return online.kind === 'text' && changes.kind === 'text' ? `${changes.text} ${online.text}` : null;
}
