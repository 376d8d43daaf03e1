import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { machineFrom } from '../../../agent/machine/from-snapshot.ts';
import type { MachineSnapshot } from '../../../agent/machine/snapshot.ts';

const smt: MachineSnapshot = {
  online: '0-3',
  cores: ['0,2', '1,3'],
  caches: [
    { level: '1', type: 'Data', cpus: '0,2' },
    { level: '1', type: 'Instruction', cpus: '0,2' },
    { level: '3', type: 'Unified', cpus: '0-3' },
    { level: '2', type: 'Unified', cpus: '0,2' },
    { level: '1', type: 'Data', cpus: '1,3' },
  ],
  nodes: [{ id: 0, cpus: '0-3' }],
};

/** Of each CPU: core, last-level cache, node. */
function places(snapshot: MachineSnapshot): string[] {
  const reading = machineFrom(snapshot);
  assert.ok('machine' in reading, JSON.stringify(reading));
  return reading.machine.cpus.map(({ id, core, llc, node }) => `${id}:${core},${llc},${node}`);
}

test('hardware threads share a core, and the highest cache counts', () => {
  assert.deepEqual(machineFrom(smt), {
    machine: {
      cpus: [
        { id: 0, core: 0, llc: 0, node: 0 },
        { id: 1, core: 1, llc: 0, node: 0 },
        { id: 2, core: 0, llc: 0, node: 0 },
        { id: 3, core: 1, llc: 0, node: 0 },
      ],
      threads: 2,
      cores: 2,
      llcs: 1,
      nodes: 1,
    },
  });
});

test('a machine without caches has one for each node, one without NUMA is node 0', () => {
  assert.deepEqual(places({ ...smt, caches: [], nodes: [] }), ['0:0,0,0', '1:1,0,0', '2:0,0,0', '3:1,0,0']);
  const nodes = [
    { id: 0, cpus: '0,2' },
    { id: 1, cpus: '1,3' },
  ];
  assert.deepEqual(places({ ...smt, caches: [], nodes }), ['0:0,0,0', '1:1,1,1', '2:0,0,0', '3:1,1,1']);
});

test('a cache that two nodes share counts for each of them', () => {
  const nodes = [
    { id: 0, cpus: '0,2' },
    { id: 1, cpus: '1,3' },
  ];
  assert.deepEqual(places({ ...smt, nodes }), ['0:0,0,0', '1:1,1,1', '2:0,0,0', '3:1,1,1']);
});

test('small cores beside large ones: no level 3, and one thread', () => {
  const snapshot: MachineSnapshot = {
    online: '0-3',
    cores: ['0-1', '2', '3'],
    caches: [
      { level: '3', type: 'Unified', cpus: '0-1' },
      { level: '2', type: 'Unified', cpus: '2-3' },
      { level: '1', type: 'Data', cpus: '2' },
    ],
    nodes: [],
  };
  assert.deepEqual(places(snapshot), ['0:0,0,0', '1:0,0,0', '2:1,1,0', '3:2,1,0']);
});

test('instruction caches do not count, even where nothing else is told', () => {
  const caches = [
    { level: '1', type: 'Instruction', cpus: '0-3' },
    { level: '1', type: 'Data', cpus: '0,2' },
    { level: '1', type: 'Data', cpus: '1,3' },
  ];
  assert.deepEqual(places({ ...smt, caches }), ['0:0,0,0', '1:1,1,0', '2:0,0,0', '3:1,1,0']);
});

test('offline siblings are left out, memory-only nodes do not count', () => {
  const snapshot = { ...smt, online: '0-1,3', nodes: [...smt.nodes, { id: 1, cpus: '' }] };
  const reading = machineFrom(snapshot);
  assert.ok('machine' in reading);
  assert.deepEqual(
    [reading.machine.cpus.map(({ id }) => id), reading.machine.nodes, reading.machine.threads],
    [[0, 1, 3], 1, 2],
  );
});

test('contradictions and garbage are problems with their reason', () => {
  const table: [change: Partial<MachineSnapshot>, problem: string][] = [
    [{ online: '' }, 'the list of online CPUs is ""'],
    [{ online: 'all' }, 'the list of online CPUs is "all"'],
    [{ online: 'x'.repeat(500) }, `the list of online CPUs is "${'x'.repeat(60)}…"`],
    [{ cores: ['0,2'] }, 'no core is told for CPU 1,3'],
    [{ cores: ['0,2', '1-3'] }, 'CPU 2 is told for two cores'],
    [{ cores: ['0,2', '?'] }, 'a core has the CPUs "?"'],
    [{ nodes: [{ id: 0, cpus: '0-2' }] }, 'no NUMA node is told for CPU 3'],
    [
      {
        nodes: [
          { id: 0, cpus: '0-3' },
          { id: 1, cpus: '3' },
        ],
      },
      'CPU 3 is told for two NUMA nodes',
    ],
    [{ nodes: [{ id: 0, cpus: '0-3,' }] }, 'a NUMA node has the CPUs "0-3,"'],
    [{ caches: [{ level: '3', type: 'Unified', cpus: '0-' }] }, 'a cache of level "3" has the CPUs "0-"'],
    [{ caches: [{ level: 'L3', type: 'Unified', cpus: '0' }] }, 'a cache of level "L3" has the CPUs "0"'],
    [
      {
        caches: [
          { level: '3', type: 'Unified', cpus: '0-1' },
          { level: '3', type: 'Unified', cpus: '1-3' },
        ],
      },
      'CPU 1 is told for two caches',
    ],
  ];
  for (const [change, problem] of table) assert.deepEqual(machineFrom({ ...smt, ...change }), { problem });
});

test('numbers have no holes and counts agree, whatever shape is told', () => {
  const shape = fc.record({
    cores: fc.integer({ min: 1, max: 64 }),
    threads: fc.constantFrom(1, 2, 4),
    caches: fc.integer({ min: 1, max: 8 }),
  });
  fc.assert(
    fc.property(shape, fc.infiniteStream(fc.boolean()), ({ cores, threads, caches }, on) => {
      const all = Array.from({ length: cores * threads }, (_, id) => id);
      const online = all.filter((id) => id === 0 || on.next().value);
      const lists = (of: (id: number) => number) => [...Map.groupBy(all, of).values()].map((ids) => ids.join(','));
      const reading = machineFrom({
        online: online.join(','),
        cores: lists((id) => id % cores),
        caches: lists((id) => (id % cores) % caches).map((cpus) => ({ level: '3', type: 'Unified', cpus })),
        nodes: [],
      });
      assert.ok('machine' in reading, JSON.stringify(reading));
      const { machine } = reading;
      assert.deepEqual(
        machine.cpus.map(({ id }) => id),
        online,
      );
      for (const [of, count] of [
        ['core', machine.cores],
        ['llc', machine.llcs],
      ] as const) {
        assert.deepEqual(
          [...new Set(machine.cpus.map((cpu) => cpu[of]))].toSorted((a, b) => a - b),
          all.slice(0, count),
        );
      }
      for (const a of machine.cpus) {
        for (const b of machine.cpus) {
          assert.equal(a.core === b.core, a.id % cores === b.id % cores);
          assert.equal(a.llc === b.llc, (a.id % cores) % caches === (b.id % cores) % caches);
        }
      }
      assert.ok(machine.threads <= threads);
    }),
    { numRuns: 60 },
  );
});
