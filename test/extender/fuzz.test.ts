import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './fuzzing.ts';

for (const verb of ['prioritize', 'filter'] as const) {
  test(`2,000 hostile bodies for ${verb}`, async () => {
    const statuses = await fuzz(verb, 2000, 1);
    assert.ok((statuses.get(200) ?? 0) > 500, 'many get past the parser');
    assert.ok((statuses.get(400) ?? 0) > 100, 'many do not');
  });
}
