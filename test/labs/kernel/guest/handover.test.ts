import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHandOver } from './handover.ts';

const TEXT = `[   20.100000] lab: hand over
[   20.250000] sched_ext: BPF scheduler "layered" disabled (unregistered from user space)
[   20.400000] sched_ext: BPF scheduler "layered" enabled`;

test('the times of a hand-over are read from the kernel’s messages', () => {
  const { all, stock } = readHandOver(TEXT);
  assert.deepEqual([all, stock].map(Math.round), [300, 150]);
});

test('what came before the mark does not count, nor does an attach that has not been', () => {
  const before = '[   10.000000] sched_ext: BPF scheduler "layered" enabled';
  assert.equal(Math.round(readHandOver(`${before}\n${TEXT}`).all), 300);
  assert.throws(() => readHandOver(`${before}\n[   20.100000] lab: hand over`), /has not said/);
});

test('only what came after the last mark counts', () => {
  const again = TEXT.replaceAll(/\[ {3}/g, '[  1');
  assert.equal(Math.round(readHandOver(`${TEXT}\n${again}`).all), 300);
  assert.throws(() => readHandOver(`${TEXT}\n[   30.000000] lab: hand over`), /has not said/);
});
