import assert from 'node:assert/strict';
import { test } from 'node:test';
import { llcCount } from '../../../agent/gate/checks/llc-count.ts';
import { numaNodes } from '../../../agent/gate/checks/numa-nodes.ts';
import { testedTopology } from '../../../agent/gate/checks/tested-topology.ts';
import type { GateFacts } from '../../../agent/gate/facts.ts';
import type { HostTree } from '../../support/host-tree.ts';
import { gateCases, removed, unreadable, written } from './cases.ts';

const CPU = 'sys/devices/system/cpu';
/** Of a machine that the kernel lab has not seen. */
const UNTESTED = ['tested-topology: warn'];

function online(list: string) {
  return (tree: HostTree) => tree.setOnline(list);
}

gateCases('topology', [
  {
    host: 'healthy',
    machine: { cpus: 8, threads: 2, llcs: 2, nodes: 2 },
    verdict: 'pass',
    reason: '8 CPUs, 4 cores, 2 last-level caches, 2 NUMA nodes',
    also: UNTESTED,
  },
  {
    host: 'one of each',
    machine: { cpus: 1 },
    verdict: 'pass',
    reason: '1 CPU, 1 core, 1 last-level cache, 1 NUMA node',
    also: UNTESTED,
  },
  {
    host: 'no cores are told',
    sick: removed(`${CPU}/cpu1/topology`),
    verdict: 'fail',
    reason: 'the CPUs are not understood: devices/system/cpu/cpu1/topology is not there',
    also: ['llc-count: warn', 'numa-nodes: warn', 'tested-topology: warn'],
  },
]);

gateCases('cpus-online', [
  { host: 'healthy', verdict: 'pass', reason: 'all possible CPUs are online' },
  {
    host: 'one is offline',
    machine: { cpus: 4 },
    sick: online('0-2'),
    verdict: 'fail',
    reason: 'CPU 3 offline',
  },
  {
    host: 'several are',
    machine: { cpus: 6 },
    sick: online('0,2-3'),
    verdict: 'fail',
    reason: 'CPU 1,4-5 offline',
  },
  {
    host: 'a virtual machine with room for more',
    sick: written(`${CPU}/possible`, '0-7\n'),
    verdict: 'fail',
    reason: 'CPU 2-7 offline',
  },
  {
    host: 'garbage in possible',
    sick: written(`${CPU}/possible`, 'many'),
    verdict: 'fail',
    reason: '/sys/devices/system/cpu/possible says "many", which is no list of CPUs',
    also: ['cpu-count: fail', 'cpu-ids: fail'],
  },
  {
    host: 'unreadable',
    sick: unreadable(`${CPU}/possible`),
    verdict: 'fail',
    reason: '/sys/devices/system/cpu/possible is not readable (it is a directory)',
    also: ['cpu-count: fail', 'cpu-ids: fail'],
  },
  {
    host: 'no list of online CPUs',
    sick: removed(`${CPU}/online`),
    verdict: 'fail',
    reason: '/sys/devices/system/cpu/online is not there',
    also: ['llc-count: warn', 'numa-nodes: warn', 'tested-topology: warn', 'topology: fail'],
  },
  {
    host: 'an empty list of online CPUs',
    sick: written(`${CPU}/online`, '\n'),
    verdict: 'fail',
    reason: '/sys/devices/system/cpu/online says "", which is no list of CPUs',
    also: ['llc-count: warn', 'numa-nodes: warn', 'tested-topology: warn', 'topology: fail'],
  },
]);

gateCases('cpu-ids', [
  { host: 'healthy', verdict: 'pass', reason: 'CPUs are numbered without holes' },
  {
    host: 'a hole',
    machine: { cpus: 4 },
    sick: (tree) => {
      tree.setOnline('0-1,3');
      tree.write(`${CPU}/possible`, '0-1,3');
    },
    verdict: 'fail',
    reason: 'the numbers of CPUs have a hole: there is no CPU 2 (they are 0-1,3)',
  },
]);

gateCases('cpu-count', [
  { host: 'healthy', verdict: 'pass', reason: '2 CPUs; scx_layered takes up to 512' },
  {
    host: 'as many as can be',
    sick: written(`${CPU}/possible`, '0-511'),
    verdict: 'pass',
    reason: '512 CPUs; scx_layered takes up to 512',
    also: ['cpus-online: fail'],
  },
  {
    host: 'one too many',
    sick: written(`${CPU}/possible`, '0-512'),
    verdict: 'fail',
    reason: '513 CPUs; scx_layered takes up to 512',
    also: ['cpus-online: fail'],
  },
]);

gateCases('llc-count', [
  {
    host: 'healthy',
    machine: { llcs: 2 },
    verdict: 'pass',
    reason: '2 last-level caches; scx_layered takes up to 64',
    also: UNTESTED,
  },
  {
    host: 'as many as can be',
    machine: { cpus: 64, llcs: 64 },
    verdict: 'pass',
    reason: '64 last-level caches; scx_layered takes up to 64',
    also: UNTESTED,
  },
  {
    host: 'one too many',
    machine: { cpus: 65, llcs: 65 },
    verdict: 'fail',
    reason: '65 last-level caches; scx_layered takes up to 64',
    also: UNTESTED,
  },
]);

gateCases('numa-nodes', [
  {
    host: 'healthy',
    machine: { llcs: 2, nodes: 2 },
    verdict: 'pass',
    reason: '2 NUMA nodes; scx_layered takes up to 32',
    also: UNTESTED,
  },
  {
    host: 'a node with memory only',
    sick: written('sys/devices/system/node/node1/cpulist', '\n'),
    verdict: 'pass',
    reason: '1 NUMA node; scx_layered takes up to 32',
  },
  {
    host: 'a hole',
    machine: { llcs: 2, nodes: 2 },
    sick: (tree) => {
      tree.remove('sys/devices/system/node/node1');
      tree.write('sys/devices/system/node/node8/cpulist', '1');
    },
    verdict: 'fail',
    reason: 'the numbers of NUMA nodes with CPUs have a hole: they are 0,8',
    also: UNTESTED,
  },
  {
    host: 'one too many',
    machine: { cpus: 33, llcs: 33, nodes: 33 },
    verdict: 'fail',
    reason: '33 NUMA nodes; scx_layered takes up to 32',
    also: UNTESTED,
  },
]);

gateCases('isolated-cpus', [
  { host: 'healthy', verdict: 'pass', reason: 'no CPU is isolated' },
  {
    host: 'a kernel that does not tell',
    sick: removed(`${CPU}/isolated`),
    verdict: 'pass',
    reason: 'the kernel tells of no isolated CPUs',
  },
  { host: 'isolcpus=1', sick: written(`${CPU}/isolated`, '1\n'), verdict: 'fail', reason: 'CPU 1 isolated' },
  {
    host: 'garbage',
    sick: written(`${CPU}/isolated`, 'some'),
    verdict: 'fail',
    reason: '/sys/devices/system/cpu/isolated says "some", no list of CPUs',
  },
  {
    host: 'unreadable',
    sick: unreadable(`${CPU}/isolated`),
    verdict: 'fail',
    reason: '/sys/devices/system/cpu/isolated is not readable (it is a directory)',
  },
]);

const MANAGER = 'var/lib/kubelet/cpu_manager_state';

gateCases('cpu-manager', [
  { host: 'healthy', verdict: 'pass', reason: 'the kubelet pins no pod to CPUs' },
  {
    host: 'not mounted, or no kubelet',
    sick: removed('var/lib/kubelet'),
    verdict: 'pass',
    reason: 'no cpu_manager_state is in /var/lib/kubelet: no kubelet runs here, or its files are elsewhere',
  },
  {
    host: 'static',
    sick: written(MANAGER, '{"policyName":"static","defaultCpuSet":"0-1","entries":{},"checksum":1}'),
    verdict: 'fail',
    reason: "the kubelet's CPU manager policy is static",
  },
  {
    host: 'a policy of tomorrow',
    sick: written(MANAGER, '{"policyName":"dynamic"}'),
    verdict: 'fail',
    reason: 'the kubelet\'s CPU manager policy is "dynamic", which temper does not know',
  },
  {
    host: 'garbage',
    sick: written(MANAGER, '{"policy'),
    verdict: 'fail',
    reason: "the kubelet's cpu_manager_state is not understood",
  },
  {
    host: 'other JSON',
    sick: written(MANAGER, '[]'),
    verdict: 'fail',
    reason: "the kubelet's cpu_manager_state is not understood",
  },
  {
    host: 'unreadable',
    sick: unreadable(MANAGER),
    verdict: 'warn',
    reason: 'not known: cpu_manager_state is not readable (it is a directory)',
  },
]);

test('what hangs on the topology is not known without it, and says where to look', () => {
  const facts = { cpu: { machine: { problem: 'x' } } } as unknown as GateFacts;
  for (const check of [llcCount, numaNodes, testedTopology]) {
    assert.deepEqual(check.judge(facts), {
      verdict: 'warn',
      reason: 'not known: the CPUs are not understood',
      remedy: 'Mend topology (TMP3018), then ask again.',
    });
  }
});
