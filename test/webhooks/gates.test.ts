import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorOf } from '../../src/model/factor.ts';
import { type DecideInput, decide } from '../../webhooks/decide.ts';
import type { ReasonId } from '../../webhooks/reasons.ts';
import { REASONS } from '../../webhooks/reasons.ts';
import { facts, policy, ranges, review } from '../support/webhook.ts';

const container = { name: 'app', resources: { requests: { cpu: '500m' } } };
const guaranteed = {
  name: 'app',
  resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
};
const owned = (kind: string, name: string, labels: object = {}) => ({
  labels,
  ownerReferences: [{ kind, name, uid: 'o', controller: true }],
});

const pod = (spec: object = {}, metadata: object = {}) => ({
  metadata: { name: 'p', ...metadata },
  spec: { containers: [container], ...spec },
});

const base: DecideInput = {
  review: review(pod()),
  bodyBytes: 3000,
  policy: policy(),
  facts: facts(),
  isRefusedDownstream: () => false,
  now: 0,
};

/** One way for each reason to come about; the pod would be scaled but for that. */
const CASES: Array<[ReasonId, Partial<DecideInput>]> = [
  ['scaled', {}],
  ['unknown-version', { review: review(pod(), { apiVersion: 'admission.k8s.io/v2' }) }],
  ['not-a-pod', { review: review(pod(), { resource: 'deployments', group: 'apps' }) }],
  ['not-a-pod', { review: review(pod(), { group: 'metrics.k8s.io' }) }],
  ['sub-resource', { review: review(pod(), { subResource: 'resize' }) }],
  ['not-a-create', { review: review(pod(), { operation: 'UPDATE' }) }],
  ['not-a-create', { review: review(pod(), { operation: '' }) }],
  ['namespace-excluded', { review: review(pod(), { namespace: 'kube-system' }) }],
  ['not-synced', { facts: facts({ missing: () => 'namespaces not listed yet' }) }],
  ['namespace-unknown', { facts: facts({ namespace: () => undefined }) }],
  ['namespace-not-opted-in', { facts: facts({ namespace: () => ({ optedIn: false, factor: null }) }) }],
  ['namespace-factor-invalid', { facts: facts({ namespace: () => ({ optedIn: true, factor: 'invalid' }) }) }],
  ['limit-range-not-understood', { facts: facts({ limitRanges: () => ranges([{ limits: 'x' }]) }) }],
  ['not-understood', { review: review(null) }],
  ['not-understood', { review: review(pod({ containers: [{ ...container, name: '__proto__' }] })) }],
  ['not-understood', { review: review(pod({ containers: [container, container] })) }],
  ['not-understood', { review: review(pod({ containers: [{ name: 'a', resources: { requests: { cpu: 'x' } } }] })) }],
  ['too-large', { bodyBytes: 1_048_577 }],
  ['mirror-pod', { review: review(pod({}, { annotations: { 'kubernetes.io/config.mirror': 'x' } })) }],
  ['pod-opted-out', { review: review(pod({}, { labels: { 'temper.codes/overcommit': 'disabled' } })) }],
  [
    'system-pod',
    { review: review(pod({ priority: 2_000_000_000 }, { annotations: { 'kubernetes.io/config.source': 'file' } })) },
  ],
  ['tier-critical', { review: review(pod({ priority: 1_000_000 })) }],
  ['daemonset', { review: review(pod({}, owned('DaemonSet', 'ds'))) }],
  ['pod-level-resources', { review: review(pod({ resources: { requests: { cpu: '1' } } })) }],
  ['guaranteed', { review: review(pod({ containers: [guaranteed] })) }],
  ['vpa-managed', { review: review(pod({}, { annotations: { vpaUpdates: 'x' } })) }],
  ['cpu-hpa', { facts: facts({ cpuHpa: () => 'web' }) }],
  ['outside-percentage', { policy: policy({ percentage: 0 }) }],
  ['refused-downstream', { isRefusedDownstream: () => true }],
  ['factor-one', { review: review(pod({ priority: 100_000 })) }],
  ['nothing-to-scale', { review: review(pod({ containers: [{ name: 'a' }] })) }],
  [
    'nothing-to-scale',
    { review: review(pod({ containers: [{ name: 'a', resources: { requests: { cpu: '9m' } } }] })) },
  ],
  [
    'limit-range',
    { facts: facts({ limitRanges: () => ranges([{ limits: [{ type: 'Container', min: { cpu: '500m' } }] }]) }) },
  ],
  ['limit-range', { facts: facts({ limitRanges: () => ranges([{ limits: [{ type: 'Pod', min: { cpu: '2' } }] }]) }) }],
  ['annotations-full', { review: review(pod({}, { annotations: { big: 'x'.repeat(262_144) } })) }],
  [
    'already-scaled',
    {
      review: review(
        pod(
          { containers: [{ name: 'app', resources: { requests: { cpu: '350m' } } }] },
          {
            annotations: {
              'temper.codes/original-requests':
                '{"v":1,"factor":0.7,"containers":{"app":{"original":"500m","scaled":"350m"}}}',
            },
          },
        ),
      ),
    },
  ],
  [
    'annotation-corrected',
    { review: review(pod({ priority: 100_000 }, { annotations: { 'temper.codes/original-requests': 'junk' } })) },
  ],
];

for (const [expected, change] of CASES) {
  test(`${expected}: ${JSON.stringify(Object.keys(change))}`, () => {
    const decision = decide({ ...base, ...change });
    assert.equal(decision.reason.id, expected, JSON.stringify(decision.reason));
    const isPatched = expected === 'scaled' || expected === 'annotation-corrected';
    assert.equal(decision.outcome, isPatched ? 'patched' : 'unchanged');
    assert.equal(decision.patch.length > 0, isPatched);
  });
}

test('every reason of the table can come about', () => {
  const reached = new Set(CASES.map(([id]) => id));
  const missing = Object.keys(REASONS).filter((id) => !reached.has(id as ReasonId) && id !== 'internal-error');
  assert.deepEqual(missing, []);
});

test('by policy, Guaranteed pods and owners with a CPU HPA are scaled', () => {
  const scaled = (change: Partial<DecideInput>) => decide({ ...base, ...change }).reason.id;
  assert.equal(
    scaled({ policy: policy({ guaranteed: 'scale' }), review: review(pod({ containers: [guaranteed] })) }),
    'scaled',
  );
  assert.equal(scaled({ policy: policy({ cpuHpa: 'scale' }), facts: facts({ cpuHpa: () => 'web' }) }), 'scaled');
});

test('shadow mode decides and changes nothing', () => {
  const decision = decide({ ...base, policy: policy({ mode: 'shadow' }) });
  assert.deepEqual([decision.outcome, decision.reason.id, decision.patch], ['shadow', 'scaled', []]);
  assert.equal(decision.containers[0]?.scaledMilli, 350n);
});

test('the factor of the namespace replaces that of the tier, but not below the minimum', () => {
  const scaledTo = (text: number) => {
    const namespace = () => ({ optedIn: true, factor: factorOf(text) });
    return decide({ ...base, facts: facts({ namespace }) }).containers[0]?.scaledMilli;
  };
  assert.equal(scaledTo(0.4), 200n);
  assert.equal(scaledTo(0.01), 125n);
  assert.equal(scaledTo(1), 500n);
});

test('each tier has its own factor', () => {
  const scaledTo = (priority: number) =>
    decide({ ...base, review: review(pod({ priority, priorityClassName: 'x' })) }).containers[0]?.scaledMilli;
  assert.deepEqual([100_000, 0, -10, -1000].map(scaledTo), [500n, 350n, 250n, 250n]);
});
