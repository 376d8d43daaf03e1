import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figures, medianOf, type Replacement } from './figures.ts';

const ALL: readonly Replacement[] = [
  { stock: 400, worst: 9 },
  { stock: 100, worst: null },
  { stock: 200, worst: 5 },
  { stock: 300, worst: 7 },
];

test('the median is the middle one, or lies between two', () => {
  assert.equal(medianOf(ALL, 'stock'), 250);
  assert.equal(medianOf(ALL, 'worst'), 7);
});

test('what nobody woke up in has no worst, and is told to have none', () => {
  const told = new Map<string, number>();
  figures({ figure: (name, value) => void told.set(name, value) }, 'restart', ALL);
  assert.deepEqual(
    [...told],
    [
      ['restart: without a scheduler, 4 of 4: shortest', 100],
      ['restart: without a scheduler, 4 of 4: median', 250],
      ['restart: without a scheduler, 4 of 4: longest', 400],
      ['restart: latest wake-up of Critical meanwhile, 3 of 4: shortest', 5],
      ['restart: latest wake-up of Critical meanwhile, 3 of 4: median', 7],
      ['restart: latest wake-up of Critical meanwhile, 3 of 4: longest', 9],
    ],
  );
});
