import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReview, writeReview } from '../../webhooks/review.ts';

const body = (request: unknown, apiVersion: unknown = 'admission.k8s.io/v1') => ({
  kind: 'AdmissionReview',
  apiVersion,
  request,
});
const nothing = { patch: [], auditAnnotations: {}, warnings: [] };

test('without a uid there is nothing to answer to', () => {
  for (const value of [null, 1, 'x', [], {}, body(null), body([]), body({}), body({ uid: '' }), body({ uid: 7 })]) {
    assert.equal(readReview(value), null, JSON.stringify(value));
  }
});

test('fields of the wrong type count as absent, and the review is still answered', () => {
  const review = readReview(
    body({ uid: 'u', kind: 7, resource: [], operation: {}, namespace: 3, dryRun: 'yes', subResource: [] }, 9),
  );
  assert.ok(review);
  assert.deepEqual(
    { ...review, object: undefined },
    {
      uid: 'u',
      apiVersion: '',
      operation: '',
      resource: '',
      group: '',
      subResource: '',
      namespace: '',
      name: '',
      dryRun: false,
      object: undefined,
    },
  );
});

test('the answer echoes uid and version, and has no patch where nothing changes', () => {
  const review = readReview(body({ uid: 'u' }, 'admission.k8s.io/v1beta1'));
  assert.ok(review);
  assert.deepEqual(writeReview(review, nothing), {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1beta1',
    response: { uid: 'u', allowed: true, auditAnnotations: {} },
  });
  const odd = readReview(body({ uid: 'u' }, 'constructor'));
  assert.ok(odd);
  assert.equal(writeReview(odd, nothing).apiVersion, 'admission.k8s.io/v1');
});

test('a patch travels as base64 of JSON Patch', () => {
  const review = readReview(body({ uid: 'u' }));
  assert.ok(review);
  const patch = [{ op: 'replace' as const, path: '/spec/containers/0/resources/requests/cpu', value: '1' }];
  const { response } = writeReview(review, { patch, auditAnnotations: { reason: 'scaled' }, warnings: ['w'] });
  assert.equal(response.patchType, 'JSONPatch');
  assert.deepEqual(JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString()), patch);
  assert.deepEqual(response.warnings, ['w']);
});
