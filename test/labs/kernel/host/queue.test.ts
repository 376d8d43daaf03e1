import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CASES } from '../cases/index.ts';
import type { Case } from '../runner/case.ts';
import { shapeOf } from '../vm/shape.ts';
import type { Boot } from './boots.ts';
import { BOOT_COST, COSTS } from './costs.ts';
import { guestsAtOnce } from './jobs.ts';
import type { Outcome } from './outcome.ts';
import { Queue } from './queue.ts';
import { report } from './report.ts';

const LONG = BOOT_COST * 10;
const costs: Readonly<Record<string, number>> = { cheap: BOOT_COST, long: LONG * 2 };
const queueOf = (...boots: Boot[]): Queue => new Queue(boots, (name) => costs[name] ?? LONG);
const bootOf = (cpus: number, ...names: string[]): Boot => ({
  kernel: 'sched-ext',
  scx: 'stock',
  shape: shapeOf({ cpus }),
  words: [],
  seed: 1,
  cases: names.map((name): Case => ({ name, what: '', deadlineMs: 1, run: () => Promise.resolve() })),
});

test('what a case costs is known by its name', () => {
  const names = new Set(CASES.map(({ name }) => name));
  assert.deepEqual(
    Object.keys(COSTS).filter((name) => !names.has(name)),
    [],
  );
});

test('small lanes first, the large one is shared, and every case runs once', () => {
  const queue = queueOf(bootOf(2, 'a', 'b', 'c', 'd'), bootOf(4, 'e'), bootOf(8, 'f', 'g'));
  const [first, second, third, fourth] = [queue.enter(), queue.enter(), queue.enter(), queue.enter()];
  assert.deepEqual(
    [first, second, third, fourth].map((lane) => lane?.boot.shape.cpus),
    [4, 8, 2, 2],
  );
  const names: string[] = [];
  for (const lane of [first, second, third, fourth])
    for (let one = lane?.next(); one; one = lane?.next()) names.push(one.name);
  assert.deepEqual(names.sort(), ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  assert.equal(queue.enter(), null);
});

test('the longest case begins first; a case that hardly costs more than a boot gets no second guest', () => {
  const queue = queueOf(bootOf(2, 'cheap', 'a', 'long'));
  const lane = queue.enter();
  assert.deepEqual([lane?.next()?.name, lane?.next()?.name], ['long', 'a']);
  assert.equal(queue.enter(), null);
  assert.equal(lane?.next()?.name, 'cheap');
});

test('what a guest leaves when it ends early waits for the next one; what is given up does not', () => {
  const queue = queueOf(bootOf(2, 'a', 'cheap'));
  const lane = queue.enter();
  assert.ok(lane);
  lane.next();
  assert.equal(queue.enter(), null);
  queue.leave(lane);
  assert.deepEqual(
    queue
      .enter()
      ?.giveUp()
      .map(({ name }) => name),
    ['cheap'],
  );
  assert.equal(queue.enter(), null);
});

test('as many guests as there are CPUs and memory for them, and never none', () => {
  const guest = { cpus: 2, memoryMb: 2048 };
  assert.equal(guestsAtOnce({ cpus: 2, freeMb: 16_000 }, false, guest), 2);
  assert.equal(guestsAtOnce({ cpus: 8, freeMb: 7_000 }, false, guest), 2);
  assert.equal(guestsAtOnce({ cpus: 8, freeMb: 64_000 }, true, guest), 4);
  assert.equal(guestsAtOnce({ cpus: 1, freeMb: 1_000 }, true, guest), 1);
});

test('the report ends with the sum that CI reads', () => {
  const took = { guest: 1_000, real: 2_500, cpu: 2_000 };
  const figures = [{ name: 'from start to enabled', value: 12_345.6, unit: 'ms' }];
  const outcomes: Outcome[] = [
    { name: 'good', state: 'passed', took, reason: '', figures },
    { name: 'bad-one', state: 'failed', took, reason: 'broken', figures: [] },
  ];
  const lines = report(outcomes, ['starved: the host starves']).split('\n');
  assert.deepEqual(lines, [
    'case     state       guest       real        CPU',
    'good     passed      1.0 s      2.5 s      2.0 s',
    '    from start to enabled: 12350 ms',
    'bad-one  FAILED      1.0 s      2.5 s      2.0 s',
    'failed: bad-one',
    'not run: starved: the host starves',
    '1 passed, 1 failed',
  ]);
  const lost = report([...outcomes, { name: 'panicked', state: 'lost', took, reason: 'panic', figures: [] }], []);
  assert.match(lost, /\nlost: panicked\n1 passed, 1 failed, 1 lost to a known fault of the emulator$/);
});
