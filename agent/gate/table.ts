import type { Check, ProcessCheck } from './check.ts';
import { schedulerBinary, setpriv } from './checks/binaries.ts';
import { btf } from './checks/btf.ts';
import { cgroupRoot } from './checks/cgroup-root.ts';
import { cgroupV2 } from './checks/cgroup-v2.ts';
import { cpuCount } from './checks/cpu-count.ts';
import { cpuIds } from './checks/cpu-ids.ts';
import { cpuManager } from './checks/cpu-manager.ts';
import { cpusOnline } from './checks/cpus-online.ts';
import { hotplugSeq } from './checks/hotplug-seq.ts';
import { isolatedCpus } from './checks/isolated-cpus.ts';
import { kernelConfig } from './checks/kernel-config.ts';
import { llcCount } from './checks/llc-count.ts';
import { memory } from './checks/memory.ts';
import { numaNodes } from './checks/numa-nodes.ts';
import { pidNamespace } from './checks/pid-namespace.ts';
import { resctrl } from './checks/resctrl.ts';
import { rights } from './checks/rights.ts';
import { schedClassExt } from './checks/sched-class-ext.ts';
import { schedExt } from './checks/sched-ext.ts';
import { schedulerFree } from './checks/scheduler-free.ts';
import { testedKernel } from './checks/tested-kernel.ts';
import { testedTopology } from './checks/tested-topology.ts';
import { topology } from './checks/topology.ts';

/** Of the machine, the most telling first: the first that fails is the reason in the node's status. */
export const MACHINE_CHECKS: readonly Check[] = [
  schedExt,
  schedClassExt,
  hotplugSeq,
  schedulerFree,
  btf,
  kernelConfig,
  cgroupV2,
  cgroupRoot,
  cpusOnline,
  cpuIds,
  cpuCount,
  topology,
  llcCount,
  numaNodes,
  isolatedCpus,
  cpuManager,
  resctrl,
  memory,
  testedKernel,
  testedTopology,
];

/** Of the agent's own process and image. */
export const PROCESS_CHECKS: readonly ProcessCheck[] = [pidNamespace, rights, schedulerBinary, setpriv];
