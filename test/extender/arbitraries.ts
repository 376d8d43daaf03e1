import fc from 'fast-check';
import type { KnownNode } from '../../extender/score/score.ts';

/** Millicores from everyday ones to the largest that a report may hold. */
export const millis = fc.oneof(fc.nat(20_000), fc.nat(1_000_000_000));

/** Nodes of every shape that a report may describe. */
export const knownNodes: fc.Arbitrary<KnownNode> = fc.record({
  capable: fc.boolean(),
  facts: fc.record({
    machine: fc.record({
      cpus: fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 8192 })),
      threads: fc.constantFrom(1, 2, 4, 8),
      reserve: fc.oneof(fc.nat(4), fc.nat(8192)),
    }),
    demand: fc.record({
      critical: millis,
      high: millis,
      normal: millis,
      low: millis,
      background: millis,
      system: millis,
    }),
    pressure: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 100, noNaN: true })),
  }),
});
