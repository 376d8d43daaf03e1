import { open, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileText, failure, readText, readTextSync } from '../host/file-text.ts';
import type { HostPaths } from '../host/paths.ts';
import type { MachineReading } from '../machine/snapshot.ts';
import type { CgroupFacts, GateFacts } from './facts.ts';
import { type KernelConfig, readRelease } from './kernel-config.ts';
import { type MountTable, parseMounts } from './mounts.ts';
import { type AgentBinaries, readProcess } from './read-process.ts';
import { readResctrl } from './read-resctrl.ts';

/** Thousands of mounts are common on a node with many pods. */
const MAX_MOUNTINFO = 16 * 1024 * 1024;

/**
 * Reads all facts at once. Never throws: what cannot be read is a fact too. Files that the kernel makes are read as they
 * are asked for; those of a disk, which may hang, and large ones never hold the agent up.
 */
export async function readFacts(
  paths: HostPaths,
  agent: AgentBinaries | null,
  readConfig: (release: string | null) => Promise<KernelConfig>,
  machine: () => MachineReading,
): Promise<GateFacts> {
  const schedExt = join(paths.sys, 'kernel/sched_ext');
  const cpu = join(paths.sys, 'devices/system/cpu');
  const mountinfo = readText(join(paths.proc, 'self/mountinfo'), MAX_MOUNTINFO).then(parseMounts);
  const release = readRelease(paths);
  return {
    release: await release,
    schedExt: {
      state: readTextSync(join(schedExt, 'state')),
      ops: readTextSync(join(schedExt, 'root/ops')),
      hotplugSeq: readTextSync(join(schedExt, 'hotplug_seq')),
    },
    btf: await readHead(join(paths.sys, 'kernel/btf/vmlinux')),
    config: await release.then(readConfig),
    cgroup: await readCgroup(paths.cgroup, await mountinfo),
    cpu: {
      possible: readTextSync(join(cpu, 'possible')),
      online: readTextSync(join(cpu, 'online')),
      isolated: readTextSync(join(cpu, 'isolated')),
      machine: machine(),
    },
    cpuManager: await readText(join(paths.kubelet, 'cpu_manager_state')),
    resctrl: await readResctrl(join(paths.sys, 'fs/resctrl')),
    meminfo: readTextSync(join(paths.proc, 'meminfo')),
    process: agent === null ? null : await readProcess(paths, agent),
  };
}

async function readCgroup(path: string, mounts: MountTable): Promise<CgroupFacts> {
  const magic = await statfs(path).then(
    ({ type }) => type,
    () => null,
  );
  const controllers = readTextSync(join(path, 'cgroup.controllers'));
  const events = readTextSync(join(path, 'cgroup.events'));
  return { path, mounts, magic, controllers, isPart: events.kind !== 'absent' };
}

/** The head of a binary file, in hexadecimal. The file itself is several megabytes. */
async function readHead(path: string): Promise<FileText> {
  try {
    await using file = await open(path, 'r');
    const { bytesRead, buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return { kind: 'text', text: buffer.subarray(0, bytesRead).toString('hex') };
  } catch (error) {
    return failure(error);
  }
}
