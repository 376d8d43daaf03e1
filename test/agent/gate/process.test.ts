import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { HostTree } from '../../support/host-tree.ts';
import { gateCases, removed, unreadable, written } from './cases.ts';

gateCases('pid-namespace', [
  { host: 'healthy', verdict: 'pass', reason: "the agent sees the host's processes" },
  {
    host: 'a namespace of its own',
    sick: (tree) => tree.link('proc/self/ns/pid', 'pid:[4026532201]'),
    verdict: 'fail',
    reason: "the agent has a PID namespace of its own, not the host's",
  },
  {
    host: 'a procfs of a container',
    sick: written('proc/2/comm', 'sh\n'),
    verdict: 'fail',
    reason: "/proc is not the host's: process 2 is not the kernel's kthreadd",
  },
  {
    host: 'no process 2',
    sick: removed('proc/2'),
    verdict: 'fail',
    reason: "/proc is not the host's: process 2 is not the kernel's kthreadd",
  },
  {
    host: 'a kernel that does not show namespaces',
    sick: removed('proc/self/ns'),
    verdict: 'pass',
    reason: "the agent sees the host's processes",
  },
  {
    host: 'unreadable',
    sick: unreadable('proc/2/comm'),
    verdict: 'fail',
    reason: '/proc/2/comm is not readable (it is a directory)',
  },
]);

const STATUS = 'proc/self/status';

gateCases('rights', [
  { host: 'healthy', verdict: 'pass', reason: 'the agent has the rights to load a scheduler' },
  {
    host: 'exactly what it takes',
    sick: written(
      STATUS,
      `CapEff:\t${((1n << 21n) | (1n << 23n) | (1n << 34n) | (1n << 38n) | (1n << 39n)).toString(16)}\n`,
    ),
    verdict: 'pass',
    reason: 'the agent has the rights to load a scheduler',
  },
  {
    host: 'an ordinary user',
    sick: written(STATUS, 'CapPrm:\t000001ffffffffff\nCapEff:\t0000000000000000\n'),
    verdict: 'fail',
    reason: 'the agent lacks CAP_SYS_ADMIN, CAP_SYS_NICE, CAP_PERFMON, CAP_BPF',
  },
  {
    host: 'a container that is not privileged',
    sick: written(STATUS, 'CapEff:\t00000000a80425fb\n'),
    verdict: 'fail',
    reason: 'the agent lacks CAP_SYS_ADMIN, CAP_SYS_NICE, CAP_PERFMON, CAP_BPF',
  },
  {
    host: 'all but CAP_BPF',
    sick: written(STATUS, `CapEff:\t${(0x1ffffffffffn ^ (1n << 39n)).toString(16)}\n`),
    verdict: 'fail',
    reason: 'the agent lacks CAP_BPF',
  },
  {
    host: 'all but CAP_SYSLOG',
    sick: written(STATUS, `CapEff:\t${(0x1ffffffffffn ^ (1n << 34n)).toString(16)}\n`),
    verdict: 'warn',
    reason: 'the agent lacks CAP_SYSLOG, which the scheduler can do without',
  },
  {
    host: 'root of a user namespace',
    sick: written('proc/self/uid_map', '         0     100000      65536\n'),
    verdict: 'fail',
    reason: 'the agent runs in a user namespace, where rights do not reach the kernel',
  },
  {
    host: 'a kernel without user namespaces',
    sick: removed('proc/self/uid_map'),
    verdict: 'pass',
    reason: 'the agent has the rights to load a scheduler',
  },
  {
    host: 'garbage',
    sick: written(STATUS, 'CapEff: all of them'),
    verdict: 'fail',
    reason: '/proc/self/status does not tell the effective capabilities',
  },
  { host: 'not there', sick: removed(STATUS), verdict: 'fail', reason: '/proc/self/status is not there' },
]);

function available(kib: number) {
  return written('proc/meminfo', `MemFree: 1 kB\nMemAvailable:  ${kib} kB\n`);
}

const OWN = 'sys/fs/cgroup/system.slice/temper.service/memory.max';
const MIB = 1024 * 1024;

gateCases('memory', [
  { host: 'healthy', verdict: 'pass', reason: '5859 MiB of memory are available' },
  {
    host: 'just enough for one',
    sick: available(256 * 1024),
    verdict: 'warn',
    reason:
      '256 MiB of memory are available: enough for one scheduler, not for the 512 MiB of two while one takes over from the other',
  },
  {
    host: 'just too little',
    sick: available(256 * 1024 - 1),
    verdict: 'fail',
    reason: '255 MiB of memory are available; a scheduler takes 256 MiB to load',
  },
  { host: 'enough for two', sick: available(512 * 1024), verdict: 'pass', reason: '512 MiB of memory are available' },
  {
    host: 'a limit of the agent that is too low',
    sick: written(OWN, `${200 * MIB}\n`),
    verdict: 'fail',
    reason: 'the memory limit of cgroup /system.slice/temper.service is 200 MiB; a scheduler takes 256 MiB to load',
    remedy: "Raise the agent's memory limit.",
  },
  {
    host: 'a limit above the agent that is too low',
    sick: (tree) => {
      tree.write(OWN, `${1024 * MIB}\n`);
      tree.write('sys/fs/cgroup/system.slice/memory.max', `${100 * MIB}\n`);
    },
    verdict: 'fail',
    reason: 'the memory limit of cgroup /system.slice is 100 MiB; a scheduler takes 256 MiB to load',
  },
  {
    host: 'a limit that is enough for one',
    sick: written(OWN, `${400 * MIB}\n`),
    verdict: 'warn',
    reason:
      'the memory limit of cgroup /system.slice/temper.service is 400 MiB: enough for one scheduler, ' +
      'not for the 512 MiB of two while one takes over from the other',
  },
  {
    host: 'a limit that is enough',
    sick: written(OWN, `${512 * MIB}`),
    verdict: 'pass',
    reason: '5859 MiB of memory are available',
  },
  {
    host: 'the agent in the root cgroup',
    sick: written('proc/self/cgroup', '0::/\n'),
    verdict: 'pass',
    reason: '5859 MiB of memory are available',
  },
  {
    host: 'a cgroup namespace',
    sick: written('proc/self/cgroup', '0::/../../kubepods.slice\n'),
    verdict: 'warn',
    reason: "the agent's own memory limit is not known: the own cgroup lies outside the cgroup namespace",
  },
  {
    host: 'version 1 only',
    sick: written('proc/self/cgroup', '4:memory:/x\n'),
    verdict: 'warn',
    reason: "the agent's own memory limit is not known: the own cgroup is not known",
  },
  {
    host: 'no limit file',
    sick: removed(OWN),
    verdict: 'warn',
    reason: "the agent's own memory limit is not known: memory.max of /system.slice/temper.service is not readable",
  },
  {
    host: 'garbage as a limit',
    sick: written(OWN, '-1'),
    verdict: 'warn',
    reason: "the agent's own memory limit is not known: memory.max of /system.slice/temper.service is no number",
  },
  {
    host: 'loaded already, and memory is short since then',
    sick: (tree) => {
      tree.setScheduler('layered_1.1.4');
      tree.write('proc/meminfo', 'MemAvailable: 1024 kB\n');
    },
    verdict: 'pass',
    reason: 'scx_layered is loaded already',
  },
  {
    host: 'garbage',
    sick: written('proc/meminfo', 'MemTotal: much'),
    verdict: 'fail',
    reason: '/proc/meminfo does not tell MemAvailable',
  },
  { host: 'not there', sick: removed('proc/meminfo'), verdict: 'fail', reason: '/proc/meminfo is not there' },
]);

function mode(path: string, bits: number) {
  return (tree: HostTree) => chmodSync(join(tree.root, path), bits);
}

gateCases('scheduler-binary', [
  { host: 'healthy', verdict: 'pass', reason: '/usr/bin/scx_layered can be run' },
  {
    host: 'found by its name',
    agent: { scheduler: 'scx_layered' },
    verdict: 'pass',
    reason: '/usr/bin/scx_layered can be run',
  },
  {
    host: 'not found by its name',
    agent: { scheduler: 'scx_lay' },
    verdict: 'fail',
    reason: 'scx_layered is not to be had: scx_lay: it is in none of the directories of PATH',
  },
  {
    host: 'missing',
    sick: removed('usr/bin/scx_layered'),
    verdict: 'fail',
    reason: 'scx_layered is not to be had: /usr/bin/scx_layered: there is no such file',
  },
  {
    host: 'not executable',
    sick: mode('usr/bin/scx_layered', 0o644),
    verdict: 'fail',
    reason: 'scx_layered is not to be had: /usr/bin/scx_layered: it may not be run: permission denied',
  },
  {
    host: 'a directory',
    sick: unreadable('usr/bin/scx_layered'),
    verdict: 'fail',
    reason: 'scx_layered is not to be had: /usr/bin/scx_layered: it is no file',
  },
]);

gateCases('setpriv', [
  { host: 'healthy', verdict: 'pass', reason: '/usr/bin/setpriv can be run' },
  {
    host: 'missing',
    sick: removed('usr/bin/setpriv'),
    verdict: 'fail',
    reason: 'setpriv is not to be had: /usr/bin/setpriv: there is no such file',
  },
  {
    host: 'busybox',
    sick: (tree) => {
      tree.write('usr/bin/busybox', '');
      chmodSync(join(tree.root, 'usr/bin/busybox'), 0o755);
      tree.link('usr/bin/setpriv', 'busybox');
    },
    verdict: 'fail',
    reason: "/usr/bin/setpriv is busybox, whose setpriv cannot tie the scheduler's life to the agent's",
  },
]);

const COUNTER = 'sys/fs/resctrl/mon_data/mon_L3_00/mbm_total_bytes';

gateCases('resctrl', [
  { host: 'healthy', verdict: 'pass', reason: 'resctrl is not mounted' },
  {
    host: 'a mount point with nothing on it',
    sick: unreadable('sys/fs/resctrl'),
    verdict: 'pass',
    reason: 'resctrl is not mounted',
  },
  {
    host: 'mounted',
    sick: (tree) => {
      tree.write(COUNTER, '123\n');
      tree.write('sys/fs/resctrl/info/L3/cbm_mask', 'fff');
      tree.write('sys/fs/resctrl/schemata', 'L3:0=fff');
      unreadable('sys/fs/resctrl/mon_groups')(tree);
    },
    verdict: 'warn',
    reason: 'resctrl is mounted, without groups; its counters are numbers now',
  },
  {
    host: 'control groups',
    sick: (tree) => {
      tree.write(COUNTER, '123\n');
      tree.write('sys/fs/resctrl/batch/tasks', '');
    },
    verdict: 'fail',
    reason: 'resctrl is in use by group "batch"',
  },
  {
    host: 'monitor groups',
    sick: (tree) => {
      tree.write(COUNTER, '123\n');
      tree.write('sys/fs/resctrl/mon_groups/one/tasks', '');
      tree.write('sys/fs/resctrl/mon_groups/two/tasks', '');
    },
    verdict: 'fail',
    reason: 'resctrl is in use by group "one" and 1 more',
  },
  {
    host: 'not to be looked into',
    sick: (tree) => tree.link('sys/fs/resctrl', 'resctrl'),
    verdict: 'fail',
    reason: 'whether resctrl is in use is not known: ELOOP',
  },
  {
    host: 'a counter that is not to be had',
    sick: written(COUNTER, 'Unavailable\n'),
    verdict: 'fail',
    reason: 'a resctrl counter would end the scheduler: mbm_total_bytes of mon_L3_00 is no number',
  },
  {
    host: 'no such counter',
    sick: written('sys/fs/resctrl/mon_data/mon_L3_00/llc_occupancy', '1'),
    verdict: 'fail',
    reason: 'a resctrl counter would end the scheduler: mbm_total_bytes of mon_L3_00 is not there',
  },
]);
