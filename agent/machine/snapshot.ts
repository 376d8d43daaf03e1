import type { Machine } from './machine.ts';

/** What sysfs says about the CPUs, as read: texts of the kernel's files, nothing judged. */
export interface MachineSnapshot {
  /** `devices/system/cpu/online`. */
  readonly online: string;
  /** `topology/core_cpus_list`, one for each core: the hardware threads that share it. */
  readonly cores: readonly string[];
  /** Caches that are not of one level-1 kind; of CPUs that share them only one need be listed. */
  readonly caches: readonly CacheSnapshot[];
  /** NUMA nodes; empty where the kernel has no NUMA, and then all CPUs are of node 0. */
  readonly nodes: readonly NodeSnapshot[];
}

export interface CacheSnapshot {
  readonly level: string;
  /** `Data`, `Instruction` or `Unified`. */
  readonly type: string;
  readonly cpus: string;
}

export interface NodeSnapshot {
  readonly id: number;
  /** `cpulist`; empty for a node that has memory only. */
  readonly cpus: string;
}

/** A machine, or why sysfs does not describe one. */
export type MachineReading = { readonly machine: Machine } | { readonly problem: string };
