import { formatCpuList } from '../../agent/machine/cpu-list.ts';

/** A machine of equal cores; all counts are of possible CPUs. */
export interface CpuShape {
  readonly cpus: number;
  readonly threads: number;
  readonly llcs: number;
  readonly nodes: number;
}

/**
 * The files of sysfs for CPUs and NUMA nodes, by path. CPU i is thread floor(i / cores) of core i % cores; caches are
 * shared by runs of cores, nodes by runs of caches. Offline CPUs have no topology and are in nobody's lists.
 */
export function cpuFiles({ cpus, threads, llcs, nodes }: CpuShape, online: readonly number[]): Map<string, string> {
  const files = new Map<string, string>();
  const cores = cpus / threads;
  const coreOf = (cpu: number) => cpu % cores;
  const llcOf = (cpu: number) => Math.floor((coreOf(cpu) * llcs) / cores);
  const nodeOf = (cpu: number) => Math.floor((llcOf(cpu) * nodes) / llcs);
  const alike = lists(online);
  const inCore = alike(coreOf);
  const inLlc = alike(llcOf);
  const inNode = alike(nodeOf);

  for (let cpu = 0; cpu < cpus; cpu++) {
    const dir = `sys/devices/system/cpu/cpu${cpu}`;
    files.set(`${dir}/online`, online.includes(cpu) ? '1\n' : '0\n');
    if (!online.includes(cpu)) continue;
    const core = inCore(coreOf(cpu));
    const firstOfNode = Math.ceil((Math.ceil((nodeOf(cpu) * llcs) / nodes) * cores) / llcs);
    files.set(`${dir}/topology/core_id`, `${coreOf(cpu) - firstOfNode}\n`);
    files.set(`${dir}/topology/physical_package_id`, `${nodeOf(cpu)}\n`);
    files.set(`${dir}/topology/cluster_id`, '65535\n');
    files.set(`${dir}/topology/core_cpus_list`, core);
    files.set(`${dir}/topology/thread_siblings_list`, core);
    setCache(files, `${dir}/cache/index0`, 1, 'Data', core);
    setCache(files, `${dir}/cache/index1`, 1, 'Instruction', core);
    setCache(files, `${dir}/cache/index2`, 2, 'Unified', core);
    setCache(files, `${dir}/cache/index3`, 3, 'Unified', inLlc(llcOf(cpu)));
  }
  for (let node = 0; node < nodes; node++) files.set(`sys/devices/system/node/node${node}/cpulist`, inNode(node));
  files.set('sys/devices/system/node/online', nodes === 1 ? '0\n' : `0-${nodes - 1}\n`);
  return files;
}

function setCache(files: Map<string, string>, dir: string, level: number, type: string, shared: string) {
  files.set(`${dir}/level`, `${level}\n`);
  files.set(`${dir}/type`, `${type}\n`);
  files.set(`${dir}/shared_cpu_list`, shared);
}

/** For a grouping of CPUs: the list of each group, as the kernel writes it. */
function lists(online: readonly number[]) {
  return (groupOf: (cpu: number) => number) => {
    const groups = Map.groupBy(online, groupOf);
    return (group: number) => `${formatCpuList(groups.get(group) ?? [])}\n`;
  };
}
