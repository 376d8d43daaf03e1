import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../../../../standin/seeded.ts';
import { damaged } from './fuzz.ts';

test('damaged requests are the same for the same seed, each one line, and none is a change that is taken', () => {
  const lines = (seed: number): Buffer[] => {
    const random = seeded(seed);
    return Array.from({ length: 3_000 }, () => damaged(random));
  };
  const all = lines(1);
  assert.deepEqual(lines(1), all);
  assert.notDeepEqual(lines(2), all);
  assert.ok(all.every((line) => !line.includes('\n')));
  assert.ok(new Set(all.map(String)).size > 2_000, 'they differ');
  const layers = all.flatMap((line) =>
    [...String(line).matchAll(/\\"layer\\":(\\"[^"]*"|null)/g)].map(([, layer]) => layer),
  );
  assert.ok(layers.length > 100);
  assert.deepEqual(
    layers.filter((layer) => /^(null|\\"(fence|crowd|other|rest)\\")$/.test(layer ?? '')),
    [],
  );
});
