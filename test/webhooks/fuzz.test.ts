import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './fuzzing.ts';

test('2,000 hostile reviews', async () => {
  const { statuses, patched } = await fuzz(2000, 1);
  assert.ok((statuses.get(200) ?? 0) > 500, 'many get past the parser');
  assert.ok((statuses.get(400) ?? 0) > 100, 'many do not');
  assert.ok(patched > 100, `${patched} were patched`);
});
