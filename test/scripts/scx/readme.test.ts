import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SCX_ERRORS } from '../../../scripts/scx/errors.ts';
import { headerFaults } from '../../../scripts/scx/header.ts';
import { readPatches } from '../../../scripts/scx/patches.ts';
import { tableAfter } from '../../support/markdown-table.ts';

const page = readFileSync('patches/README.md', 'utf8');

test('the page has the errors of the table, and no other', () => {
  const entries = Object.entries(SCX_ERRORS).map(([id, { title, cause, remedy }]) => ({
    error: `${id}, ${title}`,
    cause,
    remedy,
  }));
  assert.deepEqual(tableAfter(page, '## Errors'), entries);
});

test('the page shows a header that passes', () => {
  const [, example = ''] = /^## A patch\n\n```\n([\s\S]*?)```/m.exec(page) ?? [];
  assert.deepEqual(headerFaults(example), []);
});

test('the page has each patch of the series', () => {
  for (const { name } of readPatches()) assert.ok(page.includes(`\`${name}\``), name);
});
