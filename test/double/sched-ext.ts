import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Kernel, KernelReading } from '../../agent/scheduler/ports.ts';
import { replaceFile } from './replace-file.ts';

/** The kernel's side of sched_ext, as far as files show it. */
export interface SchedExt extends Kernel {
  set(change: Partial<KernelReading>): void;
}

export const NAME = 'layered_1.1.4_x86_64_unknown_linux_gnu';

export function sameProcessKernel(): SchedExt {
  let reading: KernelReading = { state: 'disabled', ops: null, enableSeq: 0, hotplugSeq: 0, nrRejected: 0 };
  return {
    read: () => reading,
    set(change) {
      reading = { ...reading, ...change };
    },
  };
}

/** The same in the files of a re-rooted sysfs. */
export function fileKernel(sys: string): SchedExt {
  const folder = join(sys, 'kernel/sched_ext');
  const read = (name: string): string => {
    try {
      return readFileSync(join(folder, name), 'utf8').trim();
    } catch {
      return '';
    }
  };
  const write = (name: string, text: string | number): void => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    // As in sysfs.
    replaceFile(path, `${text}\n`);
  };
  return {
    read: () => ({
      // Before the state, or an attach may seem to be counted before it was told of.
      enableSeq: Number(read('enable_seq')),
      state: (read('state') || 'disabled') as KernelReading['state'],
      ops: read('root/ops') || null,
      hotplugSeq: Number(read('hotplug_seq')),
      nrRejected: Number(read('nr_rejected')),
    }),
    set(change) {
      if (change.ops !== undefined) write('root/ops', change.ops ?? '');
      if (change.enableSeq !== undefined) write('enable_seq', change.enableSeq ?? 0);
      if (change.hotplugSeq !== undefined) write('hotplug_seq', change.hotplugSeq ?? 0);
      if (change.nrRejected !== undefined) write('nr_rejected', change.nrRejected ?? 0);
      if (change.state !== undefined) write('state', change.state);
    },
  };
}
