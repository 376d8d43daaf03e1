import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readMachine } from '../../../agent/machine/read-machine.ts';
import { type HostTree, type HostTreeOptions, hostTree } from '../../support/host-tree.ts';

/** CPUs, cores, caches, nodes, threads. */
function counts(tree: HostTree): number[] {
  const reading = readMachine(tree.paths);
  assert.ok('machine' in reading, JSON.stringify(reading));
  const { cpus, cores, llcs, nodes, threads } = reading.machine;
  return [cpus.length, cores, llcs, nodes, threads];
}

test('machines of all shapes', (t) => {
  const table: [options: HostTreeOptions, expected: number[]][] = [
    [{ cpus: 1 }, [1, 1, 1, 1, 1]],
    [{}, [8, 8, 1, 1, 1]],
    [{ cpus: 2, threads: 2 }, [2, 1, 1, 1, 2]],
    [{ cpus: 16, threads: 2, llcs: 4, nodes: 2 }, [16, 8, 4, 2, 2]],
    [{ cpus: 24, threads: 1, llcs: 3, nodes: 1 }, [24, 24, 3, 1, 1]],
    [{ cpus: 32, threads: 4, llcs: 8, nodes: 8 }, [32, 8, 8, 8, 4]],
  ];
  for (const [options, expected] of table) {
    const tree = hostTree(options);
    t.after(() => tree.dispose());
    assert.deepEqual(counts(tree), expected, JSON.stringify(options));
  }
});

test('siblings, caches and nodes are those of sysfs', (t) => {
  const tree = hostTree({ cpus: 8, threads: 2, llcs: 2, nodes: 2 });
  t.after(() => tree.dispose());
  const reading = readMachine(tree.paths);
  assert.ok('machine' in reading);
  assert.deepEqual(
    reading.machine.cpus.map(({ id, core, llc, node }) => [id, core, llc, node].join()),
    ['0,0,0,0', '1,1,0,0', '2,2,1,1', '3,3,1,1', '4,0,0,0', '5,1,0,0', '6,2,1,1', '7,3,1,1'],
  );
});

test('a CPU goes offline and comes back', (t) => {
  const tree = hostTree({ cpus: 4, threads: 2 });
  t.after(() => tree.dispose());
  tree.setOnline('0-2');
  assert.deepEqual(counts(tree), [3, 2, 1, 1, 2]);
  tree.setOnline('0-3');
  assert.deepEqual(counts(tree), [4, 2, 1, 1, 2]);
});

test('old kernels, virtual machines without caches, kernels without NUMA', (t) => {
  const tree = hostTree({ cpus: 2, threads: 2 });
  t.after(() => tree.dispose());
  for (const cpu of [0, 1]) {
    tree.remove(`sys/devices/system/cpu/cpu${cpu}/topology/core_cpus_list`);
    tree.remove(`sys/devices/system/cpu/cpu${cpu}/cache`);
  }
  tree.remove('sys/devices/system/node');
  assert.deepEqual(counts(tree), [2, 1, 1, 1, 2]);
});

test('what is missing or unreadable is named', (t) => {
  const cpu = 'devices/system/cpu';
  const table: [sick: (tree: HostTree) => void, problem: string][] = [
    [(tree) => tree.remove('sys/devices'), `${cpu}/online is not there`],
    [(tree) => directory(tree, `sys/${cpu}/online`), `${cpu}/online is not readable: it is a directory`],
    [(tree) => tree.write(`sys/${cpu}/online`, 'garbage'), 'the list of online CPUs is "garbage"'],
    // A CPU that the list names and that has no files: halfway through a hotplug.
    [(tree) => tree.write(`sys/${cpu}/online`, '0-4'), `${cpu}/cpu4/topology is not there`],
    [(tree) => tree.write(`sys/${cpu}/cpu1/topology/core_cpus_list`, ''), 'no core is told for CPU 1'],
    [
      (tree) => tree.write(`sys/${cpu}/cpu0/cache/index3/shared_cpu_list`, '0-'),
      'a cache of level "3" has the CPUs "0-"',
    ],
    [
      (tree) => directory(tree, 'sys/devices/system/node/node0/cpulist'),
      'devices/system/node/node0/cpulist is not readable: it is a directory',
    ],
    [(tree) => tree.write('sys/devices/system/node/node0/cpulist', '0-1'), 'no NUMA node is told for CPU 2-3'],
  ];
  for (const [sick, problem] of table) {
    const tree = hostTree({ cpus: 4 });
    t.after(() => tree.dispose());
    sick(tree);
    assert.deepEqual(readMachine(tree.paths), { problem });
  }
});

function directory(tree: HostTree, path: string) {
  tree.remove(path);
  mkdirSync(join(tree.root, path), { recursive: true });
}
