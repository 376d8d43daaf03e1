import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../support/fake-clock.ts';
import type { Standby } from './arguments.ts';
import { Double } from './double.ts';
import { sameProcessKernel } from './sched-ext.ts';

const LAYERS = JSON.stringify([
  { name: 'one', matches: [[{ CgroupPrefix: 'one/' }]], kind: { Grouped: { util_range: [0.1, 0.6] } } },
  { name: 'rest', matches: [[]], kind: { Open: {} } },
]);

/** A standby that has loaded beside one that is attached. */
function waiting(standby: Standby, beforeReady: (double: Double) => void = () => {}) {
  const clock = new FakeClock();
  const kernel = sameProcessKernel();
  kernel.set({ state: 'enabled', ops: 'layered_before', enableSeq: 1 });
  const ends: string[] = [];
  let isReady = false;
  let members: string | null = '[]';
  const double = new Double({
    clock,
    kernel,
    tasks: () => [],
    look: () => (id) => id !== 9n,
    faults: () => ({}),
    isPatched: true,
    exit: (code, text) => void ends.push(`${code} ${text}`),
    die: () => {},
    ready: () => {
      isReady = true;
    },
    attached: () => {},
  });
  double.start([LAYERS], () => members, standby);
  beforeReady(double);
  clock.advance(1_500);
  return {
    double,
    clock,
    ends,
    isReady: () => isReady,
    free: () => kernel.set({ state: 'disabled', ops: null }),
    plug: () => kernel.set({ hotplugSeq: 1 }),
    write(text: string) {
      members = text;
    },
  };
}

test('free: attaches when the node is free, with the members that the file has then', () => {
  const it = waiting('free');
  assert.ok(it.isReady());
  it.write('[{"cgroup":"7","layer":"one"},{"cgroup":"9","layer":"one"}]');
  it.clock.advance(1_000);
  assert.equal(it.double.isAttached, false);
  it.free();
  it.clock.advance(50);
  assert.equal(it.double.isAttached, true);
  assert.deepEqual(it.double.live('members', {}), { members: [{ cgroup: '7', layer: 'one' }], capacity: 16_384 });
});

test('told: the node may be free, it attaches only after the line; the end of stdin or another line ends it', () => {
  const it = waiting('told');
  it.free();
  it.clock.advance(5_000);
  assert.equal(it.double.isAttached, false);
  it.double.told('attach');
  it.clock.advance(50);
  assert.equal(it.double.isAttached, true);
  it.double.told(null);
  assert.deepEqual(it.ends, [], 'nobody listens any more');
  for (const line of [null, 'go']) {
    const other = waiting('told');
    other.double.told(line);
    assert.match(other.ends[0] ?? '', /^1 Error: standby: /);
  }
});

test('a signal or a change of the CPUs ends it, whenever it comes before the attach', () => {
  const early = waiting('free', (double) => double.terminate());
  assert.match(early.ends[0] ?? '', /^1 /);
  assert.equal(early.isReady(), false);
  const late = waiting('told');
  late.double.terminate();
  assert.match(late.ends[0] ?? '', /^1 Error: standby: signal/);
  for (const standby of ['free', 'told'] as const) {
    const plugged = waiting(standby);
    plugged.plug();
    plugged.clock.advance(10);
    assert.match(plugged.ends[0] ?? '', /^1 Error: standby: the CPUs have changed/);
  }
});

test('members that cannot be applied end it when it should attach', () => {
  const it = waiting('free');
  it.write('[{"cgroup":"7","layer":"nobody"}]');
  it.free();
  it.clock.advance(50);
  assert.equal(it.double.isAttached, false);
  assert.match(it.ends[0] ?? '', /member 0 refused: unknown-layer/);
});
