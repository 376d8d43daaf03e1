import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { HintSource } from '../../../agent/cgroups/hints.ts';
import type { CgroupScanner } from '../../../agent/cgroups/scan.ts';
import type { CgroupTree } from '../../../agent/cgroups/tree.ts';
import { createCgroupWatch } from '../../../agent/cgroups/watch.ts';
import { hostPaths } from '../../../agent/host/paths.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { containerId, fixture, scannerOf, uidOf } from './trees.ts';

const BURSTABLE = 'kubepods/burstable';
const made1 = `${BURSTABLE}/pod${uidOf(1)}/${containerId('a')}`;
const pod2 = `${BURSTABLE}/pod${uidOf(2)}`;
const made2 = `${pod2}/${containerId('b')}`;

/** Hints that a test gives by hand, by the end of the path. */
function fakeHints() {
  const open = new Map<string, { hint: (name: string | null) => void; fail: (error: Error) => void }>();
  let refusal: Error | null = null;
  const source: HintSource = {
    watch(path, hint, fail) {
      if (refusal !== null) throw refusal;
      open.set(path, { hint, fail });
      return () => open.delete(path);
    },
  };
  return {
    source,
    open,
    refuse: (error: Error | null) => {
      refusal = error;
    },
  };
}

function watching(t: TestContext, ...dirs: string[]) {
  const made = fixture(t, made1, ...dirs);
  const clock = new FakeClock();
  const hints = fakeHints();
  const events: string[] = [];
  const trees: CgroupTree[] = [];
  let broken: string | null = null;
  const real = scannerOf(made, { clock });
  const looks: string[] = [];
  const scanner: CgroupScanner = {
    scan: (known) => (broken === null ? real.scan(known) : { ok: false, problem: broken }),
    look(paths) {
      looks.push([...paths].sort().join());
      return broken === null ? real.look(paths) : { ok: false, problem: broken };
    },
    outline: () => (broken === null ? real.outline() : null),
  };
  const watch = createCgroupWatch({
    paths: hostPaths(made.root),
    clock,
    scanner,
    hints: hints.source,
    knownUids: () => new Set(),
    observer: {
      scanned: (cause, problem) => events.push(problem === null ? cause : `${cause}: ${problem}`),
      hintLost: () => events.push('lost'),
      watchFailed: (error) => events.push(error.message),
    },
  });
  watch.subscribe((tree) => trees.push(tree));
  t.after(() => watch.stop());
  const hint = (name: string | null = null): void => hints.open.get(`${made.mount}/${BURSTABLE}`)?.hint(name);
  const breakScans = (problem: string | null): void => {
    broken = problem;
  };
  return { made, clock, hints, events, looks, trees, watch, hint, breakScans };
}

test('a hint is followed by a scan at once; those that come shortly after a scan go together in the next', (t) => {
  const { made, clock, events, trees, watch, hint } = watching(t);
  watch.start();
  clock.advance(1_000);
  made.make(made2);
  hint();
  hint();
  clock.advance(0);
  assert.deepEqual(events, ['start', 'hint']);
  assert.deepEqual([...(trees.at(-1)?.pods.keys() ?? [])].sort(), [uidOf(1), uidOf(2)].sort());
  hint();
  clock.advance(20);
  hint();
  clock.advance(4);
  assert.equal(events.length, 2);
  clock.advance(1);
  assert.deepEqual(events, ['start', 'hint', 'hint']);
  clock.advance(1_000);
  assert.equal(events.length, 3);
});

test('at the interval all are looked at some at a time, and a hint waits for none of them', (t) => {
  const others = Array.from({ length: 40 }, (_, at) => `${BURSTABLE}/pod${uidOf(`other-${at}`)}`);
  const { made, clock, events, looks, watch, hint } = watching(t, ...others);
  watch.start();
  clock.advance(29_999);
  looks.length = 0;
  events.length = 0;
  made.make(`${others[39]}/${containerId('late')}`);
  made.remove(others[0] ?? '');
  clock.advance(1);
  assert.deepEqual([looks.length, events], [1, []], 'only a part yet');
  made.make(made2);
  hint(`pod${uidOf(2)}`);
  clock.advance(5);
  assert.deepEqual([looks.length, events], [2, ['hint']]);
  assert.equal(watch.tree?.pods.get(uidOf(2))?.containers.size, 1);
  clock.advance(1_000);
  assert.ok(looks.every((paths) => paths.split(',').length <= 17));
  assert.deepEqual(
    new Set(looks.flatMap((paths) => paths.split(','))),
    new Set([...others, pod2, made1.replace(/\/[^/]+$/, '')]),
  );
  assert.equal(watch.tree?.pods.has(uidOf('other-0')), false);
  assert.equal(watch.tree?.pods.get(uidOf('other-39'))?.containers.size, 1);
  assert.deepEqual([events.at(-1), events.filter((event) => event === 'interval').length], ['interval', 1]);
});

test('what only a scan of all can tell keeps the distance of one', (t) => {
  const { made, clock, looks, watch, hint } = watching(t, `${pod2}/what-is-this`);
  watch.start();
  clock.advance(25);
  hint(`pod${uidOf(2)}`);
  clock.advance(0);
  made.make(made2);
  hint(`pod${uidOf(2)}`);
  clock.advance(24);
  assert.equal(looks.length, 1);
  clock.advance(1);
  assert.equal(looks.length, 2);
  assert.equal(watch.tree?.pods.get(uidOf(2))?.containers.size, 1);
});

test('without a hint the scan at the interval finds it, and counts what was lost', (t) => {
  const { made, clock, events, trees, watch } = watching(t);
  watch.start();
  clock.advance(30_000);
  assert.deepEqual(events, ['start', 'interval']);
  made.make(made2);
  clock.advance(29_999);
  assert.equal(trees.length, 1);
  clock.advance(1);
  assert.deepEqual(events.slice(2).sort(), ['interval', 'lost']);
  assert.equal(trees.length, 2);
  assert.equal(watch.scannedAt, clock.now());
});

test('a listener may end the watch', (t) => {
  const { clock, events, watch } = watching(t);
  watch.subscribe(() => watch.stop());
  watch.start();
  clock.advance(120_000);
  assert.deepEqual(events, ['start']);
});

test('a scan that found nothing new tells nobody', (t) => {
  const { clock, trees, watch, hint } = watching(t);
  watch.start();
  hint();
  clock.advance(60_000);
  assert.equal(trees.length, 1);
});

test('while a pod has no container the next scans come soon, but not for ever', (t) => {
  const { made, clock, events, watch } = watching(t, pod2);
  watch.start();
  clock.advance(2_000);
  assert.deepEqual(events, ['start', 'settling']);
  made.make(made2);
  clock.advance(2_000);
  assert.equal(watch.tree?.pods.get(uidOf(2))?.containers.size, 1);
  clock.advance(25_999);
  assert.equal(events.length, 3);

  made.make(`${BURSTABLE}/pod${uidOf(3)}`);
  events.length = 0;
  clock.advance(120_000);
  assert.ok(events.filter((event) => event === 'settling').length <= 15, events.join());
  assert.equal(events.at(-1), 'interval');
});

test("the watched directories are the tree's; one made anew is watched anew", (t) => {
  const { made, clock, hints, watch } = watching(t);
  watch.start();
  const watched = () => [...hints.open.keys()].map((path) => path.slice(made.mount.length + 1)).sort();
  assert.deepEqual(watched(), ['kubepods', BURSTABLE]);
  const first = hints.open.get(`${made.mount}/${BURSTABLE}`);
  made.make('kubepods/besteffort');
  clock.advance(30_000);
  assert.deepEqual(watched(), ['kubepods', 'kubepods/besteffort', BURSTABLE]);
  assert.equal(hints.open.get(`${made.mount}/${BURSTABLE}`), first);
  made.make('kubepods-old');
  made.remove(BURSTABLE);
  clock.advance(30_000);
  assert.deepEqual(watched(), ['kubepods', 'kubepods/besteffort']);
  watch.stop();
  assert.deepEqual(watched(), []);
});

test('a watch that is refused or ends is reported, scans go on, and it is tried again', (t) => {
  const { made, clock, hints, events, watch } = watching(t);
  hints.refuse(new Error('ENOSPC'));
  watch.start();
  assert.deepEqual(events, ['start', 'ENOSPC', 'ENOSPC']);
  hints.refuse(null);
  clock.advance(30_000);
  assert.equal(hints.open.size, 2);
  const failing = hints.open.get(`${made.mount}/kubepods`);
  failing?.fail(new Error('gone wrong'));
  made.make(made2);
  clock.advance(30_000);
  assert.ok(events.includes('gone wrong'));
  assert.notEqual(hints.open.get(`${made.mount}/kubepods`), failing);
  assert.equal(watch.tree?.pods.size, 2);
});

test('a scan that fails leaves the tree in force, with its age and the reason', (t) => {
  const { made, clock, events, trees, watch, breakScans } = watching(t);
  watch.start();
  const { tree, scannedAt } = watch;
  breakScans('EMFILE');
  made.remove(made1);
  clock.advance(30_000);
  assert.deepEqual([watch.tree, watch.scannedAt, watch.failure], [tree, scannedAt, 'EMFILE']);
  assert.equal(trees.length, 1);
  breakScans(null);
  clock.advance(30_000);
  assert.equal(watch.failure, null);
  assert.equal(watch.tree?.pods.get(uidOf(1))?.containers.size, 0);
  assert.deepEqual(events.slice(0, 3), ['start', 'interval: EMFILE', 'interval']);
});

test('a look that is asked for comes as after a hint', (t) => {
  const { clock, events, looks, watch } = watching(t);
  watch.start();
  watch.ask([pod2], false);
  watch.ask([pod2], false);
  clock.advance(50);
  assert.deepEqual(events, ['start', 'asked']);
  assert.deepEqual(looks, [pod2]);
});

test('while a pod is missing all are scanned some time later, once for each time that it is said', (t) => {
  const { made, clock, events, watch } = watching(t);
  watch.start();
  watch.ask([], true);
  clock.advance(500);
  watch.ask([], true);
  clock.advance(499);
  assert.deepEqual(events, ['start']);
  made.make(made2);
  clock.advance(1);
  assert.deepEqual(events, ['start', 'asked']);
  assert.ok(watch.tree?.pods.has(uidOf(2)));
  clock.advance(10_000);
  watch.ask([], true);
  watch.ask([], false);
  clock.advance(10_000);
  assert.deepEqual(events, ['start', 'asked']);
});

test('a hint with a name is followed by a look at that pod alone, and the next one soon', (t) => {
  const { made, clock, events, looks, trees, watch, hint } = watching(t);
  watch.start();
  clock.advance(25);
  made.make(made2);
  hint(`pod${uidOf(2)}`);
  clock.advance(0);
  made.remove(pod2);
  hint(`pod${uidOf(2)}`);
  clock.advance(5);
  assert.deepEqual(looks, [pod2, pod2]);
  assert.deepEqual(
    trees.map(({ pods }) => pods.size),
    [1, 2, 1],
  );
  // What pods do puts no scan of all off.
  clock.advance(29_969);
  hint(`pod${uidOf(2)}`);
  clock.advance(1);
  assert.equal(events.at(-1), 'interval');
});

test('after very many hints all is scanned: some may have been lost', (t) => {
  const { made, clock, looks, watch, hint } = watching(t);
  watch.start();
  clock.advance(1_000);
  made.make(made2);
  for (let told = 0; told < 16; told += 1) hint('podgone');
  clock.advance(0);
  assert.deepEqual([looks.length, watch.tree?.pods.has(uidOf(2))], [1, false]);
  clock.advance(1_000);
  for (let told = 0; told < 17; told += 1) hint('podgone');
  clock.advance(0);
  assert.deepEqual([looks.length, watch.tree?.pods.has(uidOf(2))], [1, true]);
});

test('after the stop there is no timer and nothing is scanned', (t) => {
  const { clock, events, watch, hint } = watching(t, pod2);
  watch.start();
  hint();
  watch.stop();
  watch.ask([pod2], true);
  assert.deepEqual(clock.pending, []);
  clock.advance(120_000);
  assert.deepEqual(events, ['start']);
});
