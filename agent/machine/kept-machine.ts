import type { HostPaths } from '../host/paths.ts';
import { cpuChanges } from './cpu-changes.ts';
import { readMachine } from './read-machine.ts';
import type { MachineReading } from './snapshot.ts';

/**
 * As `readMachine`, for asking again and again: hundreds of files of sysfs are read anew only when the kernel has counted
 * a change of the CPUs or lists others as online. Where it does not count, they are read each time.
 */
export function keptMachine(paths: HostPaths): () => MachineReading {
  let kept: { readonly reading: MachineReading; readonly cpus: string } | null = null;
  return () => {
    const cpus = cpuChanges(paths);
    if (kept !== null && kept.cpus === cpus) return kept.reading;
    const reading = readMachine(paths);
    // What could not be read may be readable next time; what changed meanwhile is read again.
    const isSettled = 'machine' in reading && cpus !== null && cpus === cpuChanges(paths);
    kept = isSettled ? { reading, cpus } : null;
    return reading;
  };
}
