import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import { type Factor, scaleUp } from '../../src/model/factor.ts';
import { ORIGINAL_REQUESTS } from '../../src/model/keys.ts';
import { decodeOriginalRequests } from '../../src/model/original-requests.ts';
import { originalRequest } from '../../src/model/originals.ts';
import { type Pod, readPod } from '../../src/model/pod.ts';
import { nanoToMilli, parseQuantity } from '../../src/model/quantity.ts';
import { type Decision, decide } from '../../webhooks/decide.ts';
import { restoreOperations } from '../../webhooks/patch.ts';
import { type LimitRangeSpec, limitRangeProblems } from '../standin/limit-range.ts';
import { facts, policy, ranges, review } from '../support/webhook.ts';
import { factor, limitRangeSpecs, podObject } from './arbitraries.ts';

/**
 * A wrong patch is the one thing that failurePolicy Ignore does not cover, so what a patched pod must
 * be is proven over generated pods, LimitRanges and factors, with fast-json-patch and the stand-in's
 * LimitRanger (held to the real one) as judges.
 */

interface PodObject {
  readonly metadata: { readonly annotations?: Record<string, string> };
  readonly spec: object;
}

const FLOOR = 10n;

function run(object: unknown, by: Factor, specs: readonly unknown[] = []): Decision {
  const factors = { high: by, normal: by, low: by, background: by };
  return decide({
    review: review(object),
    bodyBytes: 1000,
    policy: policy({ factors, floorMilli: FLOOR, minimumFactor: 1n, guaranteed: 'scale' }),
    facts: facts({ limitRanges: () => ranges(specs) }),
    isRefusedDownstream: () => false,
    now: 0,
  });
}

function apply<T>(object: T, decision: Pick<Decision, 'patch'>): T {
  const copy = structuredClone(object);
  return jsonPatch.applyPatch(copy, decision.patch as jsonPatch.Operation[], true).newDocument;
}

function read(object: unknown): Pod {
  const reading = readPod(object);
  assert.ok(reading.ok);
  return reading.pod;
}

const requests = (pod: Pod): Array<bigint | undefined> =>
  [...pod.spec.initContainers, ...pod.spec.containers].map(({ resources }) => resources.requests.cpu?.nano);

/** The object without the two things the webhook may touch. */
function rest(object: PodObject): unknown {
  const copy = structuredClone(object) as {
    metadata: { annotations?: Record<string, string> };
    spec: Record<string, Array<{ resources?: { requests?: { cpu?: string } } }>>;
  };
  const { [ORIGINAL_REQUESTS]: _, ...annotations } = copy.metadata.annotations ?? {};
  copy.metadata.annotations = annotations;
  for (const list of ['containers', 'initContainers']) {
    for (const { resources } of copy.spec[list] ?? [])
      if (resources?.requests?.cpu !== undefined) resources.requests.cpu = '*';
  }
  return copy;
}

const check = (property: fc.IProperty<[PodObject, Factor, LimitRangeSpec[]]>) => fc.assert(property, { numRuns: 600 });

const cases = [
  podObject as fc.Arbitrary<PodObject>,
  factor,
  limitRangeSpecs as fc.Arbitrary<LimitRangeSpec[]>,
] as const;

test('no request is raised, goes below the floor or exceeds its limit', () => {
  check(
    fc.property(...cases, (object, by, specs) => {
      const before = requests(read(object));
      const pod = read(apply(object, run(object, by, specs)));
      for (const [index, after] of requests(pod).entries()) {
        const was = before[index];
        assert.equal(after === undefined, was === undefined);
        if (after === undefined || was === undefined || after === was) continue;
        assert.ok(after < was, 'raised');
        assert.ok(after >= FLOOR * 1_000_000n, 'below the floor');
      }
      for (const { resources } of [...pod.spec.initContainers, ...pod.spec.containers]) {
        const limit = resources.limits.cpu?.nano;
        if (limit !== undefined) assert.ok((resources.requests.cpu?.nano ?? 0n) <= limit, 'above its limit');
      }
    }),
  );
});

test('a pod that the LimitRanges admit without us is admitted with us', () => {
  check(
    fc.property(...cases, (object, by, specs) => {
      fc.pre(limitRangeProblems(specs, object.spec).length === 0);
      const patched = apply(object, run(object, by, specs));
      assert.deepEqual(limitRangeProblems(specs, patched.spec), []);
    }),
  );
});

test('nothing but CPU requests and our annotation changes', () => {
  check(
    fc.property(...cases, (object, by, specs) => {
      assert.deepEqual(rest(apply(object, run(object, by, specs))), rest(object));
    }),
  );
});

test('twice equals once', () => {
  check(
    fc.property(...cases, (object, by, specs) => {
      const once = apply(object, run(object, by, specs));
      assert.deepEqual(run(once, by, specs).patch, []);
    }),
  );
});

test('restore(scale(p)) = p', () => {
  check(
    fc.property(...cases, (object, by, specs) => {
      const clean = structuredClone(object);
      if (clean.metadata.annotations) delete clean.metadata.annotations[ORIGINAL_REQUESTS];
      const decision = run(clean, by, specs);
      const scaled = apply(clean, decision);
      const text = scaled.metadata.annotations?.[ORIGINAL_REQUESTS];
      if (text === undefined) return assert.deepEqual(scaled, clean);
      const record = decodeOriginalRequests(text);
      assert.ok(record.ok);
      const restored = apply(scaled, { patch: restoreOperations(read(scaled), record.value) });
      if (clean.metadata.annotations === undefined) assert.deepEqual(restored.metadata.annotations, {});
      assert.deepEqual(
        { ...restored, metadata: { ...restored.metadata, annotations: {} } },
        withAnnotations(clean, {}),
      );
      assert.deepEqual(restored.metadata.annotations, clean.metadata.annotations ?? {});
    }),
  );
});

const withAnnotations = (object: PodObject, annotations: object): unknown => ({
  ...object,
  metadata: { ...object.metadata, annotations },
});

test('the annotation that leaves us is true: readers believe it, and it says what the pod now asks for', () => {
  check(
    fc.property(...cases, (object, by, specs) => {
      const decision = run(object, by, specs);
      if (decision.outcome !== 'patched') return;
      const pod = read(apply(object, decision));
      assert.equal(originalRequest(pod, 'normal', 1n).disbelieved, null);
    }),
  );
});

/** What the closed form gives for an original that was asked for honestly. */
function honest(original: bigint, by: Factor): bigint {
  const scaled = scaleUp(original, by) > FLOOR ? scaleUp(original, by) : FLOOR;
  return scaled < original ? scaled : original;
}

test('a forged record gives what asking for that original honestly would have given', () => {
  check(
    fc.property(...cases, (object, by, _) => {
      const pod = read(apply(object, run(object, by)));
      const reading = decodeOriginalRequests(pod.metadata.annotations[ORIGINAL_REQUESTS] ?? '');
      if (!reading.ok || pod.spec.priorityClassName === 'temper-critical') return;
      const asked = new Map(
        [...pod.spec.initContainers, ...pod.spec.containers].map(({ name, resources }) => [
          name,
          resources.requests.cpu?.nano,
        ]),
      );
      for (const [name, { original }] of reading.value.containers) {
        const originalMilli = nanoToMilli(parseQuantity(original) ?? -1n);
        assert.equal(nanoToMilli(asked.get(name) ?? -1n), honest(originalMilli, by), name);
      }
    }),
  );
});

test('a Critical pod is never changed, whatever it carries', () => {
  check(
    fc.property(...cases, (object, by, specs) => {
      const critical = {
        ...object,
        spec: { ...object.spec, priority: 1_000_000, priorityClassName: 'temper-critical' },
      };
      const decision = run(critical, by, specs);
      assert.deepEqual([decision.patch, decision.reason.id], [[], 'tier-critical']);
    }),
  );
});

test('the generators reach what they are made for', () => {
  const seen = new Map<string, number>();
  check(
    fc.property(...cases, (object, by, specs) => {
      const { outcome, reason, containers } = run(object, by, specs);
      const keys = [outcome, reason.id, ...containers.map(({ bound }) => String(bound))];
      for (const key of new Set(keys)) seen.set(key, (seen.get(key) ?? 0) + 1);
    }),
  );
  for (const key of [
    'patched',
    'scaled',
    'limit-range',
    'floor',
    'nothing-to-scale',
    'tier-critical',
    'annotation-corrected',
  ]) {
    assert.ok((seen.get(key) ?? 0) >= 3, `${key}: ${JSON.stringify([...seen])}`);
  }
});
