import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SETTINGS as AGENT_SETTINGS } from '../../agent/config/settings.ts';
import { PAGES } from '../../scripts/reference/pages.ts';
import { ERRORS } from '../../src/model/errors.ts';
import { SETTINGS as SERVICE_SETTINGS } from '../../src/service/config/settings.ts';
import { METRICS } from '../../src/telemetry/metrics-table.ts';
import { REASONS } from '../../webhooks/reasons.ts';

for (const [path, render] of PAGES) {
  test(`${path} says what the code says (npm run docs)`, () => {
    assert.equal(readFileSync(path, 'utf8'), render());
  });
}

/** The pages are compared whole above; this holds the renderers, in both directions. */
const ids = (path: string, pattern: RegExp): string[] =>
  [...readFileSync(path, 'utf8').matchAll(pattern)].map((match) => match[1] ?? '').sort();

test('every entry of every table is on its page, and nothing else is', () => {
  assert.deepEqual(ids('docs/reference/errors.md', /^## (TMP\d+):/gm), Object.keys(ERRORS).sort());
  assert.deepEqual(ids('docs/reference/metrics.md', /^\| `(temper_\w+)` \|/gm), Object.keys(METRICS).sort());
  assert.deepEqual(ids('docs/reference/reasons.md', /^\| `([a-z-]+)` \|/gm), Object.keys(REASONS).sort());
  for (const [page, table] of [
    ['docs/reference/configuration.md', SERVICE_SETTINGS],
    ['docs/reference/agent-configuration.md', AGENT_SETTINGS],
  ] as const) {
    const names = Object.keys(table);
    assert.deepEqual(ids(page, /^\| `([a-zA-Z.]+)` \|/gm), [...names, ...names].sort());
  }
});
