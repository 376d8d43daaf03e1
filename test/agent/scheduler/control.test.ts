import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { controlRequest } from '../../../agent/scheduler/control.ts';
import type { SchedulerConfig } from '../../../agent/scheduler/scheduler.ts';
import { Double } from '../../double/double.ts';
import { sameProcessKernel } from '../../double/sched-ext.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memberConfig } from './support.ts';

const members = fc
  .uniqueArray(fc.tuple(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), fc.nat(2)), {
    selector: ([id]) => id,
    maxLength: 20,
  })
  .map((list) => memberConfig(list));

/** A double with one task in each cgroup, so that its layers tell its members. */
function double(config: SchedulerConfig, ids: readonly bigint[]): Double {
  const made = new Double({
    clock: new FakeClock(),
    kernel: sameProcessKernel(),
    tasks: () => ids.map((id) => ({ path: 'x', ids: [id], count: 1 })),
    faults: () => ({}),
    isPatched: true,
    exit: () => {},
    die: () => {},
    ready: () => {},
    attached: () => {},
  });
  made.start([JSON.stringify(config.layers)], new Map());
  return made;
}

test('everything at first, then only what changed: both end at the same members', () => {
  fc.assert(
    fc.property(members, members, (from, to) => {
      const ids = [...new Set([...(from.members?.keys() ?? []), ...(to.members?.keys() ?? [])])];
      const [stepwise, atOnce] = [double(from, ids), double(to, ids)];
      assert.equal(stepwise.control(controlRequest(null, from).args as Record<string, string>), null);
      assert.equal(stepwise.control(controlRequest(from, to).args as Record<string, string>), null);
      assert.equal(atOnce.control(controlRequest(null, to).args as Record<string, string>), null);
      assert.deepEqual(stepwise.layers(), atOnce.layers());
    }),
  );
});

test('ids keep all 64 bits, values are strings, and only changed numbers are sent', () => {
  const one = memberConfig([[2n ** 63n + 1n, 1]]);
  assert.deepEqual(controlRequest(null, one), {
    req: 'ctl',
    args: { op: 'replace', members: '[["9223372036854775809",1]]' },
  });
  const layers = structuredClone(one.layers) as Array<{ name: string; kind: Record<string, object> }>;
  Object.assign(layers[0]?.kind['Confined'] ?? {}, { cpus_range: [2, 4] });
  const request = controlRequest(one, { ...one, layers, members: new Map() });
  assert.deepEqual(request.args, {
    op: 'change',
    members: '{"set":[],"delete":["9223372036854775809"]}',
    layers: '[{"name":"critical","cpus_range":[2,4],"util_range":[0.1,0.6]}]',
  });
});
