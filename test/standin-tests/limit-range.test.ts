import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LimitRangeSpec, limitRangeProblems } from '../standin/limit-range.ts';
import { vectors } from '../support/fixtures.ts';

interface Vector {
  readonly ranges: LimitRangeSpec[];
  readonly spec: unknown;
  readonly refused: string[];
}

/** The plugin joins the reasons of one LimitRange: `[a, b]`, each once. */
function asOneError(problems: string[]): string[] {
  const distinct = [...new Set(problems)];
  if (distinct.length === 0) return [];
  return distinct.length === 1 ? distinct : [`[${distinct.join(', ')}]`];
}

test("gives the real plugin's verdicts in its words", () => {
  for (const { ranges, spec, refused } of vectors<Vector>('kubernetes/limitranges.jsonl')) {
    const mine = ranges.flatMap((range) => asOneError(limitRangeProblems([range], spec)));
    assert.deepEqual(mine, refused, JSON.stringify({ ranges, spec }));
  }
});

test('pod-level CPU and memory replace the sum of the containers', () => {
  const ranges = [{ limits: [{ type: 'Pod', max: { cpu: '1' } }] }];
  const containers = [{ name: 'a', resources: { requests: { cpu: '2' }, limits: { cpu: '2' } } }];
  assert.equal(limitRangeProblems(ranges, { containers }).length, 1);
  const resources = { requests: { cpu: '1' }, limits: { cpu: '1' } };
  assert.deepEqual(limitRangeProblems(ranges, { containers, resources }), []);
});

test('limits of volumes do not concern pods', () => {
  const ranges = [{ limits: [{ type: 'PersistentVolumeClaim', min: { storage: '1Gi' } }] }];
  assert.deepEqual(limitRangeProblems(ranges, { containers: [{ name: 'a' }] }), []);
});

test('what is no quantity is refused, not thrown', () => {
  const spec = { containers: [{ name: 'a', resources: { requests: { cpu: 'much' } } }] };
  assert.deepEqual(limitRangeProblems([{ limits: [] }], spec), ['cpu: "much" is not a quantity']);
});

test('what is no pod spec has nothing to limit', () => {
  for (const spec of [null, undefined, 7, [], { containers: 'none' }]) {
    assert.deepEqual(limitRangeProblems([{ limits: [{ type: 'Container', min: { cpu: '1' } }] }], spec), []);
  }
});
