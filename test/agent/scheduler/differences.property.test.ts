import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { memberChanges } from '../../../agent/scheduler/live/differences.ts';

const MEMBERS = fc
  .uniqueArray(fc.tuple(fc.bigInt({ min: 0n, max: 12n }), fc.integer({ min: 0, max: 3 })), { selector: ([id]) => id })
  .map((entries) => new Map(entries));

test('the changes lead from any members to any others, what goes first, and there is none too many', () => {
  fc.assert(
    fc.property(MEMBERS, MEMBERS, (from, to) => {
      const changes = memberChanges(from, to);
      const members = new Map(from);
      let hasCome = false;
      for (const [id, layer] of changes) {
        assert.notEqual(members.get(id) ?? null, layer, 'a change of nothing');
        if (layer === null) members.delete(id);
        else members.set(id, layer);
        assert.ok(layer !== null || !hasCome, 'what goes comes first');
        hasCome ||= layer !== null;
      }
      assert.deepEqual(members, to);
      assert.equal(new Set(changes.map(([id]) => id)).size, changes.length);
    }),
    { numRuns: 1_000 },
  );
});
