// Runs the worked examples of docs/explanation/overcommit.md.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseFactor } from '../../src/model/factor.ts';
import { readPod } from '../../src/model/pod.ts';
import { scalePod } from '../../webhooks/scale.ts';
import { type TableRow, tableAfter } from '../support/markdown-table.ts';
import { ranges } from '../support/webhook.ts';

const page = readFileSync('docs/explanation/overcommit.md', 'utf8');

const given = (row: TableRow, column: string): string | undefined => (row[column] === '–' ? undefined : row[column]);
const milli = (value: string | undefined): string | undefined => (value === undefined ? undefined : `${value}m`);

function run(row: TableRow) {
  const limit = milli(given(row, 'limit'));
  const resources = { requests: { cpu: milli(row['current']) }, ...(limit && { limits: { cpu: limit } }) };
  const reading = readPod({ metadata: {}, spec: { containers: [{ name: 'app', resources }] } });
  const factor = parseFactor(row['factor'] ?? '');
  assert.ok(reading.ok && factor !== null);
  const ratio = given(row, 'ratio');
  const bounds = [
    { type: 'Container', min: { cpu: milli(given(row, 'LimitRange min')) ?? '0' } },
    ...(ratio ? [{ type: 'Container', maxLimitRequestRatio: { cpu: ratio } }] : []),
    { type: 'Pod', min: { cpu: milli(given(row, 'Pod min')) ?? '0' } },
  ];
  const recorded = milli(given(row, 'recorded'));
  const plan = scalePod({
    pod: reading.pod,
    factor,
    floorMilli: BigInt(row['floor'] ?? 0),
    ranges: ranges([{ limits: bounds }]),
    recorded: recorded ? { factor: 1, containers: new Map([['app', { original: recorded, scaled: '1' }]]) } : null,
  });
  return plan?.containers[0];
}

test('worked examples of the page', () => {
  const rows = tableAfter(page, '## Worked examples');
  assert.ok(rows.length >= 12);
  for (const row of rows) {
    const container = run(row);
    assert.equal(container?.originalMilli.toString(), given(row, 'original'), row['why']);
    assert.equal((container?.scaledMilli ?? BigInt(row['current'] ?? 0)).toString(), row['scaled'], row['why']);
  }
});
