import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { keptMachine } from '../../../agent/machine/kept-machine.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

function host(t: TestContext): HostTree {
  const tree = hostTree({ cpus: 4 });
  t.after(tree.dispose);
  return tree;
}

test('while nothing is counted it is the same machine, and no file of its topology is read', (t) => {
  const tree = host(t);
  const read = keptMachine(tree.paths);
  const first = read();
  assert.ok('machine' in first);
  tree.remove('sys/devices/system/cpu/cpu0');
  assert.equal(read(), first);
});

test('it is read anew after a change that the kernel has counted, and after one that only the list of CPUs shows', (t) => {
  const tree = host(t);
  const read = keptMachine(tree.paths);
  const first = read();
  tree.write('sys/kernel/sched_ext/hotplug_seq', '1\n');
  const second = read();
  assert.notEqual(second, first);
  assert.deepEqual(second, first);
  tree.setOnline('0-2');
  const third = read();
  assert.ok('machine' in third);
  assert.equal(third.machine.cpus.length, 3);
});

test('a machine that cannot be read, and one whose changes nobody counts, are read each time', (t) => {
  const tree = host(t);
  const read = keptMachine(tree.paths);
  const online = 'sys/devices/system/cpu/online';
  tree.remove(online);
  assert.ok('problem' in read());
  tree.write(online, '0-3\n');
  assert.ok('machine' in read());
  tree.remove('sys/kernel/sched_ext/hotplug_seq');
  assert.notEqual(read(), read());
});
