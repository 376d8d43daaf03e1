import { join } from 'node:path';
import { readTextSync } from '../host/file-text.ts';
import type { HostPaths } from '../host/paths.ts';
import { readMachine } from './read-machine.ts';
import type { MachineReading } from './snapshot.ts';

/**
 * As `readMachine`, for asking again and again: hundreds of files of sysfs are read anew only when the kernel has counted
 * a change of the CPUs or lists others as online. Where it does not count, they are read each time.
 */
export function keptMachine(paths: HostPaths): () => MachineReading {
  let kept: { readonly reading: MachineReading; readonly cpus: string } | null = null;
  return () => {
    const cpus = cpusOf(paths);
    if (kept !== null && kept.cpus === cpus) return kept.reading;
    const reading = readMachine(paths);
    // What could not be read may be readable next time; what changed meanwhile is read again.
    const isSettled = 'machine' in reading && cpus !== null && cpus === cpusOf(paths);
    kept = isSettled ? { reading, cpus } : null;
    return reading;
  };
}

/** What changes whenever the machine does; null where the kernel does not tell. */
function cpusOf({ sys }: HostPaths): string | null {
  const online = readTextSync(join(sys, 'devices/system/cpu/online'));
  const changes = readTextSync(join(sys, 'kernel/sched_ext/hotplug_seq'));
  return online.kind === 'text' && changes.kind === 'text' ? `${changes.text} ${online.text}` : null;
}
