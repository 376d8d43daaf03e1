import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import {
  clearOverride,
  decodeOverrides,
  encodeOverrides,
  expireOverrides,
  MAX_OVERRIDES,
  MAX_OVERRIDES_BYTES,
  NO_OVERRIDES,
  type Overrides,
  setOverride,
} from '../../../agent/pods/overrides.ts';
import { TIERS } from '../../../src/model/tier.ts';
import { uidOf } from '../cgroups/trees.ts';
import { agentPod } from './agent-pods.ts';

const nodePods = (pods: AgentPod[], synced = true) => ({
  pods: new Map(pods.map((pod) => [pod.uid, pod])),
  synced,
  lastContactAt: undefined,
});
const many = (count: number): Overrides => new Map(Array.from({ length: count }, (_, index) => [uidOf(index), 'low']));

test('what is written is read back', () => {
  const uid = fc.oneof(fc.uuid(), fc.stringMatching(/^[0-9a-f]{32}$/));
  const entries = fc.uniqueArray(fc.tuple(uid, fc.constantFrom(...TIERS)), {
    selector: ([key]) => key,
    maxLength: MAX_OVERRIDES,
  });
  fc.assert(
    fc.property(entries, (list) => {
      const overrides = new Map(list);
      const reading = decodeOverrides(encodeOverrides(overrides) ?? undefined);
      assert.ok(reading.ok);
      assert.deepEqual(new Map([...reading.value].sort()), new Map([...overrides].sort()));
    }),
  );
});

test('the form of the contract; nothing to say is no annotation', () => {
  const text = `{"${uidOf(1)}":"high"}`;
  assert.equal(encodeOverrides(new Map([[uidOf(1), 'high']])), text);
  assert.deepEqual(decodeOverrides(text), { ok: true, value: new Map([[uidOf(1), 'high']]) });
  assert.equal(encodeOverrides(NO_OVERRIDES), null);
  assert.deepEqual(decodeOverrides(undefined), { ok: true, value: NO_OVERRIDES });
});

test('each refusal says what is wrong, and no part of the value counts', () => {
  const good = `"${uidOf(1)}":"high"`;
  const table: Array<[text: string, problem: string]> = [
    ['', 'not-json'],
    ['{', 'not-json'],
    ['null', 'invalid'],
    ['[]', 'invalid'],
    [`{${good},"${uidOf(2)}":"system"}`, 'invalid'],
    [`{${good},"${uidOf(2)}":"HIGH"}`, 'invalid'],
    [`{${good},"${uidOf(2)}":1}`, 'invalid'],
    [`{${good},"":"high"}`, 'invalid'],
    [`{${good},"../x":"high"}`, 'invalid'],
    [`{${good},"${'a'.repeat(129)}":"high"}`, 'invalid'],
    [encodeOverrides(many(MAX_OVERRIDES + 1)) ?? '', 'too-many'],
    [`{${good}}`.padEnd(MAX_OVERRIDES_BYTES + 1), 'too-large'],
  ];
  for (const [text, problem] of table)
    assert.deepEqual(decodeOverrides(text), { ok: false, problem }, text.slice(0, 80));
  assert.ok(decodeOverrides(encodeOverrides(many(MAX_OVERRIDES)) ?? '').ok);
});

test('a pod named __proto__ pollutes nothing', () => {
  assert.deepEqual(decodeOverrides('{"__proto__":"high"}'), { ok: true, value: NO_OVERRIDES });
  assert.equal(NO_OVERRIDES.size, 0);
});

test('hostile text never throws and never gives more than is allowed', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const reading = decodeOverrides(text);
      if (reading.ok) assert.ok(reading.value.size <= MAX_OVERRIDES);
    }),
  );
});

test('set, change, clear', () => {
  const here = nodePods([agentPod('web')]);
  const set = setOverride(NO_OVERRIDES, uidOf('web'), 'high', here);
  assert.ok(set.ok);
  assert.deepEqual([set.text, set.reason], [`{"${uidOf('web')}":"high"}`, 'shop/web is high from now on']);
  const again = setOverride(set.value, uidOf('web'), 'low', here);
  assert.ok(again.ok);
  assert.equal(again.text, `{"${uidOf('web')}":"low"}`);
  const cleared = clearOverride(again.value, uidOf('web'));
  assert.ok(cleared.ok);
  assert.deepEqual([cleared.text, cleared.value.size], [null, 0]);
  // The value that was given is never changed.
  assert.deepEqual([NO_OVERRIDES.size, set.value.size], [0, 1]);
});

test('what is refused, with the reason', () => {
  const here = nodePods([agentPod('web'), agentPod('dns', { tier: 'system' }), agentPod(0)]);
  const full = many(MAX_OVERRIDES);
  assert.deepEqual(setOverride(NO_OVERRIDES, uidOf('gone'), 'high', here), {
    ok: false,
    reason: 'the pod is not on this node, or not known yet',
  });
  assert.match(setOverride(NO_OVERRIDES, uidOf('dns'), 'critical', here).reason, /system pod/);
  assert.match(setOverride(full, uidOf('web'), 'high', here).reason, /64 overrides already/);
  assert.ok(setOverride(full, uidOf(0), 'high', here).ok, 'one that is there may change');
  assert.deepEqual(clearOverride(full, uidOf('web')), { ok: false, reason: 'the pod has no override' });
});

test('an override goes with its pod, but not while pods are unknown', () => {
  const overrides = new Map([
    [uidOf('web'), 'high'],
    [uidOf('gone'), 'low'],
  ] as const);
  const expired = expireOverrides(overrides, nodePods([agentPod('web')]));
  assert.ok(expired?.ok);
  assert.deepEqual([...expired.value.keys()], [uidOf('web')]);
  assert.ok(expired.reason.includes(uidOf('gone')));
  assert.equal(expireOverrides(overrides, nodePods([], false)), null);
  assert.equal(expireOverrides(overrides, nodePods([agentPod('web'), agentPod('gone')])), null);
});
