import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { watchCollections } from './collections.ts';

test('a collection of garbage is seen, one before the watch is not', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const during = watchCollections();
  collect();
  await turn();
  assert.ok(during() > 0);
  const after = watchCollections();
  await turn();
  assert.equal(after(), 0);
});
