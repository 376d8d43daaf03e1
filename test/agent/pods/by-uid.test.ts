import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import { createPodsByUid } from '../../../agent/pods/by-uid.ts';
import { NO_OVERRIDES, type Overrides } from '../../../agent/pods/overrides.ts';
import { agentPod } from './agent-pods.ts';

/** A name, the uid of the pod that has it from now on (null: it goes), and whether somebody asks after that. */
const ACT = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.option(fc.integer({ min: 0, max: 8 })), fc.boolean());

test('after any changes the pods are those that a look at all of them finds, in the order of their uids', () => {
  fc.assert(
    fc.property(fc.array(ACT, { maxLength: 40 }), fc.boolean(), (acts, isOverridden) => {
      const readings = new Map<number, { pod: AgentPod | null }>();
      const byUid = createPodsByUid();
      const overrides: Overrides = isOverridden ? new Map([[agentPod(3).uid, 'critical']]) : NO_OVERRIDES;
      byUid.of(readings, overrides);
      for (const [name, label, isAsked] of acts) {
        const now = label === null ? null : agentPod(label, { name: String(name) });
        // Uids are the API server's: no two pods have one.
        if (now !== null && [...readings].some(([other, { pod }]) => other !== name && pod?.uid === now.uid)) continue;
        const before = readings.get(name)?.pod ?? null;
        readings.set(name, { pod: now });
        byUid.note({ before, now });
        if (isAsked) byUid.of(readings, overrides);
      }
      const found = byUid.of(readings, overrides);
      assert.deepEqual([...found], [...createPodsByUid().of(readings, overrides)]);
      assert.deepEqual([...found.keys()], [...found.keys()].sort());
    }),
  );
});

test('another map whenever a pod is another one, and only then', () => {
  const byUid = createPodsByUid();
  const [before, now] = [agentPod('a'), agentPod('a', { tier: 'high' })];
  const readings = new Map([['a', { pod: before }]]);
  const first = byUid.of(readings, NO_OVERRIDES);
  assert.equal(byUid.of(readings, NO_OVERRIDES), first);
  byUid.note({ before, now });
  assert.equal(byUid.of(readings, NO_OVERRIDES).get(now.uid), now);
  assert.equal(first.get(now.uid), before);
});
