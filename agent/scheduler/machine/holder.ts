import type { KernelReading } from '../ports.ts';

/** How the name of scx_layered begins in `root/ops`; its version follows. */
export const OUR_PREFIX = 'layered_';

/** Who schedules: nobody but the kernel's own scheduler, one of our kind, another, or it cannot be told. */
export type Holder = 'none' | 'ours' | 'foreign' | 'unknown';

export function holder({ state, ops }: KernelReading): Holder {
  if (state === 'disabled' || state === 'absent') return 'none';
  if (state === 'unknown' || ops === null) return 'unknown';
  return ops.startsWith(OUR_PREFIX) ? 'ours' : 'foreign';
}

/** Whether what is enabled now was enabled after `before`. */
export function isNewlyEnabled(now: KernelReading, before: KernelReading): boolean {
  return (
    now.state === 'enabled' &&
    holder(now) === 'ours' &&
    now.enableSeq !== null &&
    now.enableSeq > (before.enableSeq ?? -1)
  );
}

/** Whether CPUs came or went in between. */
export function hasHotplugged(now: KernelReading, before: KernelReading): boolean {
  return now.hotplugSeq !== null && before.hotplugSeq !== null && now.hotplugSeq !== before.hotplugSeq;
}
