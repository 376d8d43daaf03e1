import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fence } from '../../src/model/fence.ts';

test('worked examples', () => {
  const table: Array<[machine: [cpus: number, threads: number, reserve: number], milli: number, expected: object]> = [
    [[8, 1, 1], 0, { needed: 0, fenceable: 7, fits: true }],
    [[8, 1, 1], 2100, { needed: 3, fenceable: 7, fits: true }],
    [[8, 1, 1], 7000, { needed: 7, fenceable: 7, fits: true }],
    [[8, 1, 1], 7001, { needed: 8, fenceable: 7, fits: false }],
    // SMT: a core is two CPUs, and a reserve of one CPU keeps a whole core open.
    [[8, 2, 1], 2100, { needed: 4, fenceable: 6, fits: true }],
    [[8, 2, 1], 6001, { needed: 8, fenceable: 6, fits: false }],
    [[4, 2, 2], 1, { needed: 2, fenceable: 2, fits: true }],
    // A reserve of none is still one core.
    [[4, 1, 0], 4000, { needed: 4, fenceable: 3, fits: false }],
    // One CPU is never fenced.
    [[1, 1, 1], 100, { needed: 1, fenceable: 0, fits: false }],
    [[2, 2, 1], 100, { needed: 2, fenceable: 0, fits: false }],
  ];
  for (const [[cpus, threads, reserve], milli, expected] of table) {
    assert.deepEqual(
      fence({ cpus, threads, reserve }, milli),
      expected,
      JSON.stringify({ cpus, threads, reserve, milli }),
    );
  }
});

const machine = fc.record({
  cpus: fc.integer({ min: 1, max: 512 }),
  threads: fc.constantFrom(1, 2, 4),
  reserve: fc.nat(8),
});

test('whole physical cores, at least one of them open, and more load never fits better', () => {
  fc.assert(
    fc.property(machine, fc.nat(600_000), fc.nat(10_000), (node, milli, more) => {
      const one = fence(node, milli);
      assert.equal(one.needed % node.threads, 0);
      assert.equal(one.fenceable % node.threads, 0);
      assert.ok(one.fenceable <= Math.max(0, node.cpus - node.threads));
      assert.ok(one.needed * 1000 >= milli);
      const two = fence(node, milli + more);
      assert.ok(two.needed >= one.needed);
      assert.ok(one.fits || !two.fits);
    }),
  );
});
