import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { WRITES } from '../labs/cluster/cases/agents/writes/index.ts';
import { ANSWERS, type Answer } from '../labs/cluster/cases/agents/writes/write.ts';
import { tableAfter } from '../support/markdown-table.ts';

test('what an agent may write is documented as the cluster lab tries it', () => {
  const page = readFileSync('docs/reference/rbac.md', 'utf8');
  const rows = tableAfter(page, '### What its token may write').map((row) => [row['the API server says'], row['to']]);
  const tried = (Object.keys(ANSWERS) as Answer[]).map((answer) => [
    ANSWERS[answer],
    WRITES.filter((write) => write.answer === answer)
      .map(({ what }) => what)
      .join('; '),
  ]);
  assert.deepEqual(rows, tried);
});
