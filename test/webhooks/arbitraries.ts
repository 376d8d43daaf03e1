import fc from 'fast-check';
import { ORIGINAL_REQUESTS } from '../../src/model/keys.ts';

/** Pods as the API server could send them, and LimitRanges, for property tests. */

const cpu = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 8000 }).map((milli) => `${milli}m`) },
  fc.constantFrom('1', '0.5', '2', '1500m', '100e-3', '10m', '9m', '11m', '1e0', '3k'),
);

const resources = fc.oneof(
  fc.constant({}),
  fc.record({ requests: fc.record({ cpu }) }),
  fc.tuple(cpu, fc.integer({ min: 0, max: 4000 })).map(([request, more]) => ({
    requests: { cpu: request, memory: '64Mi' },
    limits: { cpu: `${toMilli(request) + more}m`, memory: '64Mi' },
  })),
  fc.constant({ requests: { memory: '64Mi' } }),
);

/** For texts of the generators above only. */
function toMilli(text: string): number {
  if (text.endsWith('m')) return Number(text.slice(0, -1));
  if (text.endsWith('k')) return Number(text.slice(0, -1)) * 1_000_000;
  return Number(text) * 1000;
}

const containers = (prefix: string, min: number, max: number) =>
  fc.array(fc.tuple(resources, fc.boolean()), { minLength: min, maxLength: max }).map((list) =>
    list.map(([own, sidecar], index) => ({
      name: `${prefix}${index}`,
      image: 'registry.example/app:1',
      env: [{ name: 'SECRET', value: 'hunter2' }],
      resources: own,
      ...(prefix === 'i' && sidecar && { restartPolicy: 'Always' }),
    })),
  );

const claim = fc
  .record({
    v: fc.constantFrom(1, 1, 1, 2),
    factor: fc.double({ min: 0.01, max: 1, noNaN: true }),
    containers: fc.dictionary(
      fc.constantFrom('c0', 'c1', 'i0', 'ghost'),
      fc.record({ original: cpu, scaled: cpu }, { noNullPrototype: true }),
      { noNullPrototype: true },
    ),
  })
  .map((value) => JSON.stringify(value));

const annotations = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.constant({}),
  fc.constant({ 'example.com/a~b': 'kept' }),
  { weight: 2, arbitrary: fc.oneof(claim, fc.string()).map((text) => ({ [ORIGINAL_REQUESTS]: text, other: 'kept' })) },
);

const priority = fc.constantFrom(
  {},
  { priority: 0 },
  { priority: 0, priorityClassName: 'temper-normal' },
  { priority: 100_000, priorityClassName: 'temper-high' },
  { priority: -10, priorityClassName: 'temper-low' },
  { priority: -1000, priorityClassName: 'temper-background' },
  { priority: 1_000_000, priorityClassName: 'temper-critical' },
);

export const podObject = fc
  .tuple(containers('c', 1, 4), containers('i', 0, 3), annotations, priority, fc.boolean())
  .map(([main, init, notes, tier, hasOverhead]) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'shop', ...(notes && { annotations: notes }), labels: { app: 'p' } },
    spec: {
      containers: main,
      ...(init.length > 0 && { initContainers: init }),
      ...(hasOverhead && { overhead: { cpu: '100m' } }),
      ...tier,
    },
  }));

const milliCpu = (max: number) => fc.integer({ min: 1, max }).map((milli) => ({ cpu: `${milli}m` }));

/** Mostly bounds that a pod can meet and that still bind once its requests shrink. */
const item = fc.oneof(
  fc.record({ type: fc.constantFrom('Container', 'Pod'), min: milliCpu(1500) }, { noNullPrototype: true }),
  fc.record({ type: fc.constant('Pod'), min: milliCpu(8000) }, { noNullPrototype: true }),
  fc.record(
    {
      type: fc.constantFrom('Container', 'Pod'),
      min: milliCpu(500),
      max: fc.constantFrom({ cpu: '2' }, { cpu: '100' }),
      maxLimitRequestRatio: fc.constantFrom(
        { cpu: '1' },
        { cpu: '1.5' },
        { cpu: '2' },
        { cpu: '3.333' },
        { cpu: '10' },
      ),
    },
    { requiredKeys: ['type'], noNullPrototype: true },
  ),
);

export const limitRangeSpecs = fc.array(
  fc.record({ limits: fc.array(item, { minLength: 1, maxLength: 2 }) }, { noNullPrototype: true }),
  { maxLength: 2 },
);

export const factor = fc.oneof(
  fc.constantFrom(250_000n, 500_000n, 700_000n, 1_000_000n),
  fc.bigInt({ min: 250_000n, max: 1_000_000n }),
);
