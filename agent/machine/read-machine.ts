import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FileText, failure, readTextSync } from '../host/file-text.ts';
import type { HostPaths } from '../host/paths.ts';
import { parseCpuList } from './cpu-list.ts';
import { machineFrom } from './from-snapshot.ts';
import type { CacheSnapshot, MachineReading, MachineSnapshot, NodeSnapshot } from './snapshot.ts';

/** A CPU that goes offline while its files are read is an event, not a fault: read once more. */
const TRIES = 3;

type Unreadable = Extract<FileText, { kind: 'unreadable' }>;

/**
 * Reads the online CPUs and how they share cores, caches and memory. Takes a few milliseconds even for hundreds of
 * CPUs, so that it can be called at each hotplug: what CPUs share is read once for all that share it. Never throws.
 */
export function readMachine(paths: HostPaths): MachineReading {
  let reading: MachineReading = { problem: 'not read' };
  for (let tries = 0; tries < TRIES; tries++) {
    const snapshot = readSnapshot(paths);
    reading = 'problem' in snapshot ? snapshot : machineFrom(snapshot);
    if ('machine' in reading && onlineText(paths) === (snapshot as MachineSnapshot).online) return reading;
  }
  return 'problem' in reading ? reading : { problem: 'CPUs go on- and offline while they are read' };
}

function readSnapshot(paths: HostPaths): MachineSnapshot | { readonly problem: string } {
  const cpuDir = join(paths.sys, 'devices/system/cpu');
  const online = readTextSync(join(cpuDir, 'online'));
  if (online.kind !== 'text') return cannotRead('devices/system/cpu/online', online);
  const cores: string[] = [];
  const caches: CacheSnapshot[] = [];
  const inCore = new Set<number>();
  const inCache = new Set<number>();
  for (const cpu of parseCpuList(online.text) ?? []) {
    const dir = join(cpuDir, `cpu${cpu}`);
    if (!inCore.has(cpu)) {
      const siblings = readSiblings(dir);
      if (siblings.kind !== 'text') return cannotRead(`devices/system/cpu/cpu${cpu}/topology`, siblings);
      cores.push(siblings.text);
      addAll(inCore, siblings.text);
    }
    if (!inCache.has(cpu)) {
      const own = readCaches(dir);
      caches.push(...own);
      addAll(inCache, highest(own)?.cpus ?? '');
    }
  }
  const nodes = readNodes(join(paths.sys, 'devices/system/node'));
  return 'problem' in nodes ? nodes : { online: online.text, cores, caches, nodes: nodes.list };
}

/** `core_cpus_list` is the name since 5.3, `thread_siblings_list` the old one. */
function readSiblings(cpuDir: string): FileText {
  const siblings = readTextSync(join(cpuDir, 'topology/core_cpus_list'));
  return siblings.kind === 'absent' ? readTextSync(join(cpuDir, 'topology/thread_siblings_list')) : siblings;
}

/** All but instruction caches. What of a cache cannot be read is left out: the next lower one then counts. */
function readCaches(cpuDir: string): CacheSnapshot[] {
  const caches: CacheSnapshot[] = [];
  for (let index = 0; index < 10; index++) {
    const dir = join(cpuDir, `cache/index${index}`);
    const level = readTextSync(join(dir, 'level'));
    if (level.kind !== 'text') break;
    const type = readTextSync(join(dir, 'type'));
    const cpus = readTextSync(join(dir, 'shared_cpu_list'));
    if (type.kind !== 'text' || cpus.kind !== 'text' || type.text === 'Instruction') continue;
    caches.push({ level: level.text, type: type.text, cpus: cpus.text });
  }
  return caches;
}

function highest(caches: readonly CacheSnapshot[]): CacheSnapshot | undefined {
  return caches.toSorted((a, b) => Number(b.level) - Number(a.level))[0];
}

function readNodes(dir: string): { readonly list: readonly NodeSnapshot[] } | { readonly problem: string } {
  const names = namesIn(dir);
  if (!Array.isArray(names)) return cannotRead('devices/system/node', names);
  const list: NodeSnapshot[] = [];
  for (const name of names) {
    const id = /^node(\d{1,4})$/.exec(name)?.[1];
    if (id === undefined) continue;
    const cpus = readTextSync(join(dir, name, 'cpulist'));
    if (cpus.kind !== 'text') return cannotRead(`devices/system/node/${name}/cpulist`, cpus);
    list.push({ id: Number(id), cpus: cpus.text });
  }
  return { list: list.toSorted((a, b) => a.id - b.id) };
}

/** Empty where there is no such directory, as in a kernel without NUMA. */
function namesIn(dir: string): string[] | Unreadable {
  try {
    return readdirSync(dir);
  } catch (error) {
    const why = failure(error);
    return why.kind === 'absent' ? [] : why;
  }
}

function onlineText(paths: HostPaths): string | null {
  const online = readTextSync(join(paths.sys, 'devices/system/cpu/online'));
  return online.kind === 'text' ? online.text : null;
}

function addAll(set: Set<number>, list: string): void {
  for (const cpu of parseCpuList(list) ?? []) set.add(cpu);
}

function cannotRead(path: string, read: FileText): { readonly problem: string } {
  return { problem: `${path} ${read.kind === 'unreadable' ? `is not readable: ${read.why}` : 'is not there'}` };
}
