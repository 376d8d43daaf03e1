import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { updater } from '../../../agent/scheduler/control.ts';
import type { ControlOutcome } from '../../../agent/scheduler/ports.ts';
import type { SchedulerConfig } from '../../../agent/scheduler/scheduler.ts';
import { Connection } from '../../double/connection.ts';
import { Double } from '../../double/double.ts';
import type { DoubleFaults } from '../../double/faults.ts';
import { sameProcessKernel } from '../../double/sched-ext.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memberConfig } from './support.ts';

const members = fc
  .uniqueArray(fc.tuple(fc.bigInt({ min: 2n, max: 2n ** 64n - 1n }), fc.nat(2)), {
    selector: ([id]) => id,
    maxLength: 20,
  })
  .map((list) => memberConfig(list));

/** Other numbers for the first layer. */
function withNumbers(config: SchedulerConfig, numbers: object): SchedulerConfig {
  const layers = structuredClone(config.layers) as Array<{ kind: Record<string, object> }>;
  Object.assign(layers[0]?.kind['Confined'] ?? {}, numbers);
  return { ...config, layers, hash: `${config.hash}-${JSON.stringify(numbers)}` };
}

/** A double that is attached, and an agent that talks to it. */
function talk(config: SchedulerConfig, faults: DoubleFaults = {}, gone: ReadonlySet<bigint> = new Set()) {
  const clock = new FakeClock();
  const double = new Double({
    clock,
    kernel: sameProcessKernel(),
    tasks: () => [],
    look: () => (id) => !gone.has(id),
    faults: () => faults,
    isPatched: true,
    exit: () => {},
    die: () => {},
    ready: () => {},
    attached: () => {},
  });
  double.start([JSON.stringify(config.layers)], () => null);
  clock.advance(2_000);
  const connection = new Connection(double, () => faults);
  const said: Array<Readonly<Record<string, string>>> = [];
  const exchange = (question: object): Promise<unknown> => {
    said.push((question as { args: Readonly<Record<string, string>> }).args);
    return Promise.resolve(JSON.parse(connection.answer(JSON.stringify(question)) ?? ''));
  };
  const update = updater();
  return {
    double,
    said,
    update: (from: SchedulerConfig | null, to: SchedulerConfig): Promise<ControlOutcome> => update(from, to, exchange),
    inForce: () => [double.live('members', {}), double.live('layers', {})],
  };
}

test('everything at first, then only what changed: both end at the same members and numbers', async () => {
  await fc.assert(
    fc.asyncProperty(members, members, fc.integer({ min: 1, max: 8 }), async (from, next, cpus) => {
      const to = withNumbers(next, { cpus_range: [1, cpus], weight: 100 * cpus });
      const [stepwise, atOnce] = [talk(from), talk(from)];
      for (const outcome of [await stepwise.update(null, from), await stepwise.update(from, to)])
        assert.equal(outcome.kind, 'applied');
      assert.equal((await atOnce.update(null, to)).kind, 'applied');
      assert.deepEqual(stepwise.inForce(), atOnce.inForce());
      const again = await atOnce.update(null, to);
      assert.deepEqual(again, {
        kind: 'applied',
        members: 0,
        layers: 0,
        missing: null,
        refused: null,
        takesNumbers: true,
      });
    }),
  );
});

test('ids keep all 64 bits, values are strings, numbers come first, and only what changed is sent', async () => {
  const one = memberConfig([[2n ** 63n + 1n, 1]]);
  const it = talk(one);
  await it.update(null, one);
  assert.deepEqual(it.said, [
    { target: 'capabilities' },
    { target: 'layers' },
    { target: 'members' },
    { target: 'members', changes: '[{"cgroup":"9223372036854775809","layer":"normal"}]' },
  ]);
  it.said.length = 0;
  await it.update(one, withNumbers({ ...one, members: new Map([[5n, 0]]) }, { cpus_range: [2, 4] }));
  assert.deepEqual(it.said, [
    { target: 'layers', changes: '[{"layer":"critical","cpus_range":[2,4]}]' },
    { target: 'members', changes: '[{"cgroup":"9223372036854775809","layer":null},{"cgroup":"5","layer":"critical"}]' },
  ]);
});

test('no request has more than 4,096 changes', async () => {
  const many = memberConfig(Array.from({ length: 9_000 }, (_, index) => [BigInt(index + 2), 1] as const));
  const it = talk(many);
  const outcome = await it.update(null, many);
  assert.equal(outcome.kind === 'applied' && outcome.members, 9_000);
  const sizes = it.said.flatMap(({ changes }) => (changes === undefined ? [] : [JSON.parse(changes).length]));
  assert.deepEqual(sizes, [4_096, 4_096, 808]);
});

test('a pod that has gone is not missing; one without room is, with the count; numbers refused leave the members', async () => {
  const wanted = memberConfig([
    [11n, 0],
    [12n, 1],
    [13n, 1],
  ]);
  const outcomeOf = async (faults: DoubleFaults, gone: ReadonlySet<bigint> = new Set(), to = wanted) => {
    const outcome = await talk(memberConfig(), faults, gone).update(null, to);
    assert.equal(outcome.kind, 'applied');
    return outcome as ControlOutcome & { kind: 'applied' };
  };
  const gone = await outcomeOf({}, new Set([12n]));
  assert.deepEqual([gone.members, gone.missing], [2, null]);
  const full = await outcomeOf({ memberCapacity: 1 });
  assert.deepEqual(
    [full.members, full.missing?.reason, full.missing?.cgroups],
    [1, '2 cgroups are not in their layer: table-full: 1 of 1 entries', new Set([12n, 13n])],
  );
  const numbers = await outcomeOf({}, new Set(), withNumbers(wanted, { cpus_range: [3, 2] }));
  assert.deepEqual([numbers.members, numbers.layers], [3, 0]);
  assert.match(numbers.refused ?? '', /^layer critical: .*invalid cpus_range/);
  const without = await outcomeOf({ withoutNumbers: true });
  assert.deepEqual([without.members, without.takesNumbers], [3, false]);
});

test('a scheduler that takes no members refuses; silence and nonsense leave it unknown', async () => {
  const config = memberConfig([[11n, 0]]);
  const { update } = talk(config);
  assert.equal((await updater()(null, config, async () => ({ errno: 22, args: { resp: 'unknown' } }))).kind, 'refused');
  assert.equal((await updater()(null, config, () => Promise.reject(new Error('silent')))).kind, 'unknown');
  assert.equal((await talk(config, { controlGarbage: true }).update(null, config)).kind, 'unknown');
  assert.equal((await update(null, config)).kind, 'applied');
});

test('no answer makes it do anything but say that it is applied, refused or unknown', async () => {
  const config = memberConfig([
    [11n, 0],
    [12n, 1],
  ]);
  const count = fc.oneof(fc.integer(), fc.constantFrom(0, 1, 2, 3));
  const refusal = fc.record({ change: count, why: fc.string(), error: fc.string() }, { requiredKeys: [] });
  const resp = fc.oneof(
    fc.jsonValue(),
    fc.record({ applied: count, refused: fc.array(refusal, { maxLength: 3 }) }, { requiredKeys: [] }),
    fc.record({ members: fc.array(fc.record({ cgroup: fc.string(), layer: fc.string() })) }),
    fc.record({ layers: fc.array(fc.record({ layer: fc.string(), weight: fc.anything() })) }),
  );
  const capable = { members: { version: 1, max_changes: 1 }, layers: { version: 1 } };
  await fc.assert(
    fc.asyncProperty(fc.array(resp), fc.boolean(), async (answers, isCheck) => {
      let at = -1;
      const exchange = (): Promise<unknown> => {
        at += 1;
        return Promise.resolve({ errno: 0, args: { resp: at === 0 ? capable : answers[at - 1] } });
      };
      const outcome = await updater()(isCheck ? null : memberConfig(), config, exchange);
      assert.ok(['applied', 'unknown'].includes(outcome.kind));
      if (outcome.kind === 'applied')
        assert.ok(outcome.members <= 1_000 && (outcome.missing?.reason.length ?? 0) < 500);
    }),
  );
});
