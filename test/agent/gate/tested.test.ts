import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLike } from '../../../agent/gate/checks/tested-topology.ts';
import { SHOWN_KERNELS, SHOWN_MACHINES } from '../../../agent/gate/shown.ts';
import { CASES } from '../../labs/kernel/cases/index.ts';
import { planBoots } from '../../labs/kernel/host/boots.ts';
import { gateCases, written } from './cases.ts';

const RELEASE = 'proc/sys/kernel/osrelease';
const KERNELS = 'shown to work: 7.3';
const MACHINES =
  'shown to work: 2 CPUs; 3 to 4 CPUs; 3 to 4 CPUs, 2 threads a core; 5 to 8 CPUs, 2 last-level caches, 2 NUMA nodes';

gateCases('tested-kernel', [
  { host: 'of the lab', verdict: 'pass', reason: 'kernels 7.3 are tested' },
  { host: 'another patch', sick: written(RELEASE, '7.3.0-rc1+\n'), verdict: 'pass', reason: 'kernels 7.3 are tested' },
  ...['7.30.1', '6.12.107+deb13-amd64', '17.3'].map((release) => ({
    host: release,
    sick: written(RELEASE, release),
    verdict: 'warn' as const,
    reason: `untested: kernel ${/^\d+\.\d+/.exec(release)?.[0]}; ${KERNELS}`,
  })),
  {
    host: 'no number',
    sick: written(RELEASE, 'next'),
    verdict: 'warn',
    reason: `untested: the kernel's version is not known; ${KERNELS}`,
  },
]);

gateCases('tested-topology', [
  { host: 'of the lab', verdict: 'pass', reason: 'machines like this one are tested' },
  ...(
    [
      [{ cpus: 1 }, '1 CPU'],
      [{ cpus: 5 }, '5 CPUs'],
      [{ cpus: 2, threads: 2 }, '2 CPUs, 2 threads a core'],
      [{ cpus: 2, llcs: 2 }, '2 CPUs, 2 last-level caches'],
      [{ cpus: 2, llcs: 2, nodes: 2 }, '2 CPUs, 2 last-level caches, 2 NUMA nodes'],
    ] as const
  ).map(([machine, own]) => ({
    host: JSON.stringify(machine),
    machine,
    verdict: 'warn' as const,
    reason: `untested: ${own}; ${MACHINES}`,
  })),
]);

test('a record stands for machines of its class: up to as many CPUs, and more than half of them', () => {
  const shown = { cpus: 8, threads: 2, llcs: 1, nodes: 1, record: 'x' };
  const like = (cpus: number): boolean => isLike({ ...shown, cpus: { length: cpus } }, shown);
  assert.deepEqual([4, 5, 8, 9].map(like), [false, true, true, false]);
});

test('what is said to be shown is what a case of the kernel lab boots', () => {
  const boots = planBoots(CASES, { cpus: null, scx: null, seed: 1, boots: 1 });
  const bootOf = (record: string) => boots.find(({ cases }) => cases.some(({ name }) => name === record));
  for (const { record } of SHOWN_KERNELS) assert.equal(bootOf(record)?.kernel, 'sched-ext', record);
  for (const { record, cpus, threads, nodes } of SHOWN_MACHINES) {
    const { shape } = bootOf(record) ?? {};
    assert.deepEqual([shape?.cpus, shape?.threads, shape?.nodes], [cpus, threads, nodes], record);
  }
});
