import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cgroupV2 } from '../../../agent/gate/checks/cgroup-v2.ts';
import type { GateFacts } from '../../../agent/gate/facts.ts';
import { mountOf, parseMounts } from '../../../agent/gate/mounts.ts';
import type { HostTree } from '../../support/host-tree.ts';
import { gateCases, removed, unreadable, written } from './cases.ts';

/** Rewrites the mount table: lines of `point type options`, where points are below the tree's root. */
function mounts(...lines: readonly string[]) {
  return (tree: HostTree) => {
    const table = lines.map((line, index) => {
      const [point = '', type = '', options = 'rw'] = line.split(' ');
      return `${30 + index} 1 0:${index} / ${point === '/' ? '/' : tree.root + point} rw,relatime shared:1 - ${type} none ${options}`;
    });
    tree.write('proc/self/mountinfo', `${table.join('\n')}\n`);
  };
}

const CGROUP = '/sys/fs/cgroup';

gateCases('cgroup-v2', [
  { host: 'healthy', verdict: 'pass', reason: 'cgroup v2 with the cpu controller' },
  {
    host: 'version 1',
    sick: mounts(
      '/ ext4',
      `${CGROUP} tmpfs`,
      `${CGROUP}/cpu cgroup rw,cpu,cpuacct`,
      `${CGROUP}/memory cgroup rw,memory`,
    ),
    verdict: 'fail',
    reason: 'cgroups are of version 1',
    also: ['cgroup-root: warn'],
  },
  {
    host: 'hybrid',
    sick: mounts('/ ext4', `${CGROUP} tmpfs`, `${CGROUP}/unified cgroup2`, `${CGROUP}/cpu cgroup rw,cpu,cpuacct`),
    verdict: 'fail',
    reason: 'cgroups are a mixture of versions 1 and 2 (hybrid)',
    also: ['cgroup-root: warn'],
  },
  {
    host: 'version 2 on top, the cpu controller elsewhere',
    sick: mounts('/ ext4', `${CGROUP} cgroup2`, '/mnt/cpu cgroup rw,cpu'),
    verdict: 'fail',
    reason: 'cgroups are a mixture (hybrid): the cpu controller is in version 1',
    also: ['cgroup-root: warn'],
  },
  {
    host: 'a named version 1 hierarchy without controllers does no harm',
    sick: mounts('/ ext4', `${CGROUP} cgroup2`, '/mnt/systemd cgroup rw,xattr,name=systemd'),
    verdict: 'pass',
    reason: 'cgroup v2 with the cpu controller',
  },
  {
    host: 'something else lies over it',
    sick: mounts('/ ext4', `${CGROUP} cgroup2`, `${CGROUP} tmpfs`),
    verdict: 'fail',
    reason: 'no cgroup v2 is mounted at /sys/fs/cgroup',
    also: ['cgroup-root: warn'],
  },
  {
    host: 'a directory of the mount instead of the mount',
    sick: mounts('/ ext4', '/sys cgroup2'),
    verdict: 'fail',
    reason: 'no cgroup v2 is mounted at /sys/fs/cgroup',
    also: ['cgroup-root: warn'],
  },
  {
    host: 'no mount table, and the file system is another',
    sick: removed('proc/self/mountinfo'),
    verdict: 'fail',
    reason: '/sys/fs/cgroup is no cgroup v2 as far as can be seen; there is no mount table',
    also: ['cgroup-root: warn'],
  },
  {
    host: 'garbage as a mount table',
    sick: written('proc/self/mountinfo', 'garbage\n\n - \n'),
    verdict: 'fail',
    reason: '/sys/fs/cgroup is no cgroup v2 as far as can be seen; the mount table is empty',
    also: ['cgroup-root: warn'],
  },
  {
    host: 'an unreadable mount table',
    sick: unreadable('proc/self/mountinfo'),
    verdict: 'fail',
    reason: '/sys/fs/cgroup is no cgroup v2 as far as can be seen; the mount table is not readable: it is a directory',
    also: ['cgroup-root: warn'],
  },
  {
    host: 'no cpu controller',
    sick: written('sys/fs/cgroup/cgroup.controllers', 'cpuset io memory pids\n'),
    verdict: 'fail',
    reason: 'cgroup v2 has no cpu controller (it has "cpuset io memory pids")',
    remedy: 'Boot without cgroup_disable=cpu, and see that no version 1 hierarchy holds the cpu controller.',
    also: ['cgroup-root: warn'],
  },
  {
    host: 'no list of controllers',
    sick: removed('sys/fs/cgroup/cgroup.controllers'),
    verdict: 'fail',
    reason: 'cgroup.controllers is not there',
    also: ['cgroup-root: warn'],
  },
]);

gateCases('cgroup-root', [
  { host: 'healthy', verdict: 'pass', reason: "the cgroup tree begins at the host's root" },
  {
    host: 'a cgroup namespace, or a node in a container',
    sick: written('sys/fs/cgroup/cgroup.events', 'populated 1\n'),
    verdict: 'fail',
    reason: '/sys/fs/cgroup shows only a part of the cgroup tree',
  },
  {
    host: 'not to be told',
    sick: unreadable('sys/fs/cgroup/cgroup.events'),
    verdict: 'fail',
    reason: '/sys/fs/cgroup shows only a part of the cgroup tree',
  },
]);

test('without a mount table the file system speaks for itself', () => {
  const controllers = { kind: 'text', text: 'cpu memory' } as const;
  const cgroup = { path: '/c', mounts: { problem: 'none' }, magic: 0x63677270, controllers, isPart: false };
  assert.equal(cgroupV2.judge({ cgroup } as unknown as GateFacts).verdict, 'pass');
});

test('mount points with blanks, and the longest and last of them', () => {
  const text = [
    '1 0 8:1 / / rw - ext4 /dev/a rw',
    '2 1 0:2 / /a\\040b rw shared:1 master:2 - cgroup2 none rw',
    '3 1 0:3 / /a rw - tmpfs none',
    'no mount at all',
    '4 1 0:4 / /a\\040b rw - cgroup none rw,cpu',
  ].join('\n');
  const table = parseMounts({ kind: 'text', text });
  assert.ok('list' in table);
  assert.equal(table.list.length, 4);
  assert.equal(mountOf(table.list, '/a b/c')?.type, 'cgroup');
  assert.equal(mountOf(table.list, '/a bc')?.type, 'ext4');
  assert.equal(mountOf(table.list, '/a')?.type, 'tmpfs');
});
