import { quote } from '../host/quote.ts';
import { formatCpuList, parseCpuList } from './cpu-list.ts';
import type { Cpu, Machine } from './machine.ts';
import type { CacheSnapshot, MachineReading, MachineSnapshot } from './snapshot.ts';

/**
 * Groups the online CPUs into cores, last-level caches and NUMA nodes.
 *
 * The last-level cache of a CPU is the highest level it has; a cache that several nodes share counts once for each of
 * them, since the scheduler's layers live below nodes. Virtual machines often show no caches: then a node is one.
 */
export function machineFrom(snapshot: MachineSnapshot): MachineReading {
  const online = parseCpuList(snapshot.online);
  if (online === null || online.length === 0) return problem(`the list of online CPUs is ${quote(snapshot.online)}`);

  const nodes = nodeOfCpus(online, snapshot);
  if (nodes instanceof Problem) return nodes.reading;
  const cores = groupOfCpus(online, snapshot.cores, 'core');
  if (cores instanceof Problem) return cores.reading;
  const missing = online.filter((cpu) => !cores.has(cpu));
  if (missing.length > 0) return problem(`no core is told for CPU ${formatCpuList(missing)}`);
  const caches = cacheOfCpus(online, snapshot.caches);
  if (caches instanceof Problem) return caches.reading;

  const llcKey = (cpu: number) => `${nodes.get(cpu)} ${caches.get(cpu) ?? 'none'}`;
  return {
    machine: assemble(
      online,
      (cpu) => cores.get(cpu) ?? 0,
      llcKey,
      (cpu) => nodes.get(cpu) ?? 0,
    ),
  };
}

function assemble(
  online: readonly number[],
  coreOf: (cpu: number) => number,
  llcOf: (cpu: number) => string,
  nodeOf: (cpu: number) => number,
): Machine {
  const core = numbering(coreOf);
  const llc = numbering(llcOf);
  const threads = new Map<number, number>();
  const cpus = online.map((id): Cpu => {
    const cpu = { id, core: core.of(id), llc: llc.of(id), node: nodeOf(id) };
    threads.set(cpu.core, (threads.get(cpu.core) ?? 0) + 1);
    return cpu;
  });
  return {
    cpus,
    threads: Math.max(...threads.values()),
    cores: core.count(),
    llcs: llc.count(),
    nodes: new Set(cpus.map(({ node }) => node)).size,
  };
}

/** Numbers from 0, in the order in which keys are first met. */
function numbering<Key>(keyOf: (cpu: number) => Key) {
  const numbers = new Map<Key, number>();
  return {
    of: (cpu: number) => {
      const key = keyOf(cpu);
      const number = numbers.get(key) ?? numbers.size;
      numbers.set(key, number);
      return number;
    },
    count: () => numbers.size,
  };
}

/** Which group each CPU is in. A list may name CPUs that are offline; no CPU may be in two groups. */
function groupOfCpus(online: readonly number[], lists: readonly string[], what: string): Map<number, number> | Problem {
  const known = new Set(online);
  const groups = new Map<number, number>();
  for (const [group, list] of lists.entries()) {
    const cpus = parseCpuList(list);
    if (cpus === null) return new Problem(`a ${what} has the CPUs ${quote(list)}`);
    for (const cpu of cpus.filter((id) => known.has(id))) {
      if (groups.has(cpu)) return new Problem(`CPU ${cpu} is told for two ${what}s`);
      groups.set(cpu, group);
    }
  }
  return groups;
}

/** The node's id for each CPU. */
function nodeOfCpus(online: readonly number[], { nodes }: MachineSnapshot): Map<number, number> | Problem {
  if (nodes.length === 0) return new Map(online.map((cpu) => [cpu, 0]));
  const groups = groupOfCpus(
    online,
    nodes.map(({ cpus }) => cpus),
    'NUMA node',
  );
  if (groups instanceof Problem) return groups;
  const missing = online.filter((cpu) => !groups.has(cpu));
  if (missing.length > 0) return new Problem(`no NUMA node is told for CPU ${formatCpuList(missing)}`);
  return new Map([...groups].map(([cpu, group]) => [cpu, nodes[group]?.id ?? 0]));
}

/** The highest cache of each CPU, by the online CPUs that share it; CPUs without any are left out. */
function cacheOfCpus(online: readonly number[], caches: readonly CacheSnapshot[]): Map<number, string> | Problem {
  const known = new Set(online);
  const found = new Map<number, { readonly level: string; readonly key: string }>();
  for (const { level, type, cpus } of caches.toSorted((a, b) => b.level.localeCompare(a.level))) {
    if (type === 'Instruction') continue;
    const shared = parseCpuList(cpus)?.filter((id) => known.has(id));
    if (!/^[1-9]$/.test(level) || shared === undefined) {
      return new Problem(`a cache of level ${quote(level)} has the CPUs ${quote(cpus)}`);
    }
    const key = formatCpuList(shared);
    for (const cpu of shared) {
      const higher = found.get(cpu);
      if (higher?.level === level && higher.key !== key) return new Problem(`CPU ${cpu} is told for two caches`);
      if (higher === undefined) found.set(cpu, { level, key });
    }
  }
  return new Map([...found].map(([cpu, { key }]) => [cpu, key]));
}

class Problem {
  readonly reading: { readonly problem: string };

  constructor(text: string) {
    this.reading = problem(text);
  }
}

function problem(text: string): { readonly problem: string } {
  return { problem: text };
}
