import type { FileText } from '../host/file-text.ts';
import type { MachineReading } from '../machine/snapshot.ts';
import type { KernelConfig } from './kernel-config.ts';
import type { MountTable } from './mounts.ts';

/** All that the checks look at, as found at one moment. Reading judges nothing; checks read nothing. */
export interface GateFacts {
  /** `uname -r`; null where procfs does not tell. */
  readonly release: string | null;
  readonly schedExt: {
    /** `/sys/kernel/sched_ext/state`: disabled, enabling, enabled, disabling. */
    readonly state: FileText;
    /** `root/ops`: who is attached; absent where nobody is. */
    readonly ops: FileText;
    readonly hotplugSeq: FileText;
  };
  /** The first bytes of `/sys/kernel/btf/vmlinux`, in hexadecimal. */
  readonly btf: FileText;
  readonly config: KernelConfig;
  readonly cgroup: CgroupFacts;
  readonly cpu: {
    readonly possible: FileText;
    readonly online: FileText;
    readonly isolated: FileText;
    readonly machine: MachineReading;
  };
  /** The kubelet's `cpu_manager_state`. */
  readonly cpuManager: FileText;
  readonly resctrl: ResctrlFacts;
  /** `MemAvailable` and the rest of `/proc/meminfo`. */
  readonly meminfo: FileText;
  /** Facts of this process; null where only the machine is judged, as before an installation. */
  readonly process: ProcessFacts | null;
}

export interface CgroupFacts {
  /** Where cgroup v2 should be mounted. */
  readonly path: string;
  readonly mounts: MountTable;
  /** What `statfs` says of `path`, where the mount table is not to be had. */
  readonly magic: number | null;
  /** `cgroup.controllers` of the mount. */
  readonly controllers: FileText;
  /** Whether the mount has `cgroup.events`, which every cgroup has but the host's root. */
  readonly isPart: boolean;
}

/** `mounted: null`: not known, with the reason. */
export type ResctrlFacts =
  | { readonly mounted: false }
  | { readonly mounted: true; readonly groups: readonly string[]; readonly counters: readonly ResctrlCounter[] }
  | { readonly mounted: null; readonly why: string };

/** `mon_data/<domain>/mbm_total_bytes`. */
export interface ResctrlCounter {
  readonly domain: string;
  readonly value: FileText;
}

export interface ProcessFacts {
  /** Where `/proc/self/ns/pid` points, e.g. `pid:[4026531836]`. */
  readonly pidNamespace: FileText;
  /** The name of the process with pid 2: kthreadd on a host. */
  readonly secondComm: FileText;
  readonly status: FileText;
  readonly uidMap: FileText;
  readonly memoryLimit: MemoryLimit;
  readonly scheduler: BinaryFact;
  readonly setpriv: BinaryFact;
}

/** The lowest `memory.max` of the own cgroup and those above it, in bytes; `bytes: null`: no limit. */
export type MemoryLimit =
  | { readonly known: true; readonly bytes: bigint | null; readonly cgroup: string }
  | { readonly known: false; readonly why: string };

export interface BinaryFact {
  readonly path: string;
  /** Why it cannot be run; null where it can. */
  readonly problem: string | null;
  /** The path without symbolic links; null where it could not be followed. */
  readonly realPath: string | null;
}
