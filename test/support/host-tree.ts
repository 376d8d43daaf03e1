import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type HostPaths, hostPaths } from '../../agent/host/paths.ts';
import { formatCpuList, parseCpuList } from '../../agent/machine/cpu-list.ts';
import { type CpuShape, cpuFiles } from './cpu-files.ts';

/**
 * A host's file system in a temporary directory: a healthy node on which every check of the gate passes. Setters
 * and `write` make it sick. Paths given to its methods are relative to its root.
 */
export interface HostTree {
  readonly root: string;
  readonly paths: HostPaths;
  /** Executable stubs that do nothing, for checks that only look. */
  readonly binaries: { readonly scheduler: string; readonly setpriv: string };
  write(path: string, content: string | Buffer): void;
  remove(path: string): void;
  /** A symbolic link; its target need not exist, as in /proc/PID/ns. */
  link(path: string, target: string): void;
  /** The scheduler the kernel says is attached, e.g. `layered_1.1.4_…`; null: none, state `disabled`. Counts `enable_seq`. */
  setScheduler(ops: string | null): void;
  /** The CPUs that are online, as a list: '0-2'. Topology files of the others vanish, as in a real kernel; nodes forget them. */
  setOnline(list: string): void;
  setKernelConfig(text: string): void;
  dispose(): void;
}

export interface HostTreeOptions {
  /** Possible CPUs. @default 8 */
  readonly cpus?: number;
  /** Hardware threads of a core: siblings are `cores` apart, as x86 firmware numbers them. @default 1 */
  readonly threads?: number;
  /** @default 1 */
  readonly llcs?: number;
  /** NUMA nodes; one package each. Not more than `llcs`. @default 1 */
  readonly nodes?: number;
  /** Where it is made. @default a temporary directory */
  readonly root?: string;
  /** Where the agent finds it, if not there. */
  readonly seenAt?: string;
}

export const KERNEL_RELEASE = '7.3.4-test';

export const KERNEL_CONFIG = [
  '# a kernel that can',
  'CONFIG_LOCALVERSION=""',
  'CONFIG_CC_VERSION_TEXT="gcc (Test 14) 14.2.0"',
  'CONFIG_HZ=250',
  'CONFIG_PREEMPT_RCU=y',
  'CONFIG_SCHED_CLASS_EXT=y',
  'CONFIG_DEBUG_INFO_BTF=y',
  '',
].join('\n');

export function hostTree(options: HostTreeOptions = {}): HostTree {
  const root = options.root ?? mkdtempSync(join(tmpdir(), 'temper-host-'));
  const cpus = options.cpus ?? 8;
  const shape: CpuShape = { cpus, threads: options.threads ?? 1, llcs: options.llcs ?? 1, nodes: options.nodes ?? 1 };
  const enables = { count: 0 };
  /** Folders that are known to be there while it is built: a tree has many files in few of them. */
  const folders = new Set<string>();
  let isBuilt = false;

  const write = (path: string, content: string | Buffer) => {
    const full = join(root, path);
    const folder = dirname(full);
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    if (!isBuilt) folders.add(folder);
    if (!isBuilt || !path.startsWith('sys/')) return writeFileSync(full, content);
    // Files of sysfs change at once: another process never reads half of one.
    writeFileSync(`${full}.new`, content);
    renameSync(`${full}.new`, full);
  };
  const remove = (path: string) => {
    folders.clear();
    rmSync(join(root, path), { recursive: true, force: true });
  };
  const link = (path: string, target: string) => {
    remove(path);
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  };
  const executable = (path: string) => {
    write(path, '#!/bin/sh\nexit 0\n');
    chmodSync(join(root, path), 0o755);
    return join(root, path);
  };

  const tree: HostTree = {
    root,
    paths: hostPaths(root),
    binaries: { scheduler: executable('usr/bin/scx_layered'), setpriv: executable('usr/bin/setpriv') },
    write,
    remove,
    link,
    setScheduler: (ops) => {
      if (ops === null) remove('sys/kernel/sched_ext/root');
      else write('sys/kernel/sched_ext/root/ops', `${ops}\n`);
      if (ops !== null) enables.count++;
      write('sys/kernel/sched_ext/enable_seq', `${enables.count}\n`);
      write('sys/kernel/sched_ext/state', ops === null ? 'disabled\n' : 'enabled\n');
    },
    setOnline: (list) => writeCpus(tree, shape, parseCpuList(list) ?? []),
    setKernelConfig: (text) => {
      write(`boot/config-${KERNEL_RELEASE}`, text);
      write('proc/config.gz', gzipSync(text));
    },
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };

  const all = cpus === 1 ? '0' : `0-${cpus - 1}`;
  writeProc(tree, hostPaths(options.seenAt ?? root));
  writeCgroups(tree);
  write('sys/devices/system/cpu/possible', all);
  write('sys/devices/system/cpu/present', all);
  write('sys/devices/system/cpu/isolated', '\n');
  writeCpus(tree, shape, parseCpuList(all) ?? []);
  for (const file of ['hotplug_seq', 'nr_rejected', 'switch_all']) write(`sys/kernel/sched_ext/${file}`, '0\n');
  write('sys/kernel/btf/vmlinux', Buffer.from([0x9f, 0xeb, 1, 0]));
  tree.setScheduler(null);
  tree.setKernelConfig(KERNEL_CONFIG);
  write('var/lib/kubelet/cpu_manager_state', '{"policyName":"none","defaultCpuSet":"","checksum":1353318690}');
  mkdirSync(tree.paths.run, { recursive: true });
  mkdirSync(dirname(tree.paths.statsSocket), { recursive: true });
  isBuilt = true;
  folders.clear();
  return tree;
}

function writeProc(tree: HostTree, seen: HostPaths) {
  tree.write('proc/sys/kernel/osrelease', `${KERNEL_RELEASE}\n`);
  tree.write('proc/1/comm', 'systemd\n');
  tree.write('proc/2/comm', 'kthreadd\n');
  tree.write('proc/self/status', 'Name:\tagent\nPid:\t4711\nCapInh:\t0000000000000000\nCapEff:\t000001ffffffffff\n');
  tree.write('proc/self/uid_map', '         0          0 4294967295\n');
  tree.link('proc/self/ns/pid', 'pid:[4026531836]');
  tree.write('proc/self/cgroup', '0::/system.slice/temper.service\n');
  tree.write('proc/meminfo', 'MemTotal:        8000000 kB\nMemFree:          500000 kB\nMemAvailable:    6000000 kB\n');
  tree.write(
    'proc/self/mountinfo',
    `22 1 8:1 / / rw,relatime - ext4 /dev/root rw\n` +
      `23 22 0:21 / ${seen.sys} rw,nosuid - sysfs sysfs rw\n` +
      `26 23 0:23 / ${seen.cgroup} rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n`,
  );
}

function writeCgroups(tree: HostTree) {
  const controllers = 'cpuset cpu io memory hugetlb pids\n';
  tree.write('sys/fs/cgroup/cgroup.controllers', controllers);
  tree.write('sys/fs/cgroup/cgroup.subtree_control', controllers);
  const slices = [
    'init.scope',
    'system.slice',
    'system.slice/temper.service',
    'kubepods.slice',
    'kubepods.slice/kubepods-besteffort.slice',
    'kubepods.slice/kubepods-burstable.slice',
  ];
  for (const slice of slices) {
    tree.write(`sys/fs/cgroup/${slice}/cgroup.controllers`, controllers);
    tree.write(`sys/fs/cgroup/${slice}/cgroup.events`, 'populated 1\nfrozen 0\n');
    tree.write(`sys/fs/cgroup/${slice}/cgroup.procs`, '');
    tree.write(`sys/fs/cgroup/${slice}/memory.max`, 'max\n');
  }
}

/** What is gone vanishes last: in between nothing is named that has no files. */
function writeCpus(tree: HostTree, shape: CpuShape, online: readonly number[]) {
  for (const [path, content] of cpuFiles(shape, online)) tree.write(path, content);
  tree.write('sys/devices/system/cpu/online', `${formatCpuList(online)}\n`);
  for (let cpu = 0; cpu < shape.cpus; cpu++) {
    if (online.includes(cpu)) continue;
    for (const part of ['topology', 'cache']) tree.remove(`sys/devices/system/cpu/cpu${cpu}/${part}`);
  }
}
