import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverage } from '../../../extender/reservations/coverage.ts';

test('a report covers a pod that its agent has surely seen', () => {
  const bound = 1_000_000;
  const table: Array<[reportedAfter: number, nowAfter: number, expected: string]> = [
    [-1000, 0, 'no'],
    [0, 3_600_000, 'no'],
    [1, 1, 'later'],
    [4999, 59_999, 'later'],
    [4999, 60_000, 'covered'],
    [1, 60_000, 'covered'],
    [5000, 5000, 'covered'],
    [300_000, 300_000, 'covered'],
  ];
  for (const [reported, now, expected] of table) {
    assert.equal(coverage(bound, bound + reported, bound + now), expected, `${reported} ${now}`);
  }
});
