// Runs the worked examples of docs/explanation/scoring.md.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { prioritize } from '../../../extender/prioritize.ts';
import { type KnownNode, scoreNode } from '../../../extender/score/score.ts';
import { TIERS, type Tier } from '../../../src/model/tier.ts';
import { type TableRow, tableAfter } from '../../support/markdown-table.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/explanation/scoring.md'), 'utf8');

const number = (row: TableRow, name: string): number => Number(row[name] ?? 0);

function tierOfRow(row: TableRow): Tier {
  const tier = TIERS.find((name) => name === row['tier']);
  assert.ok(tier, row['tier']);
  return tier;
}

function nodeOfRow(row: TableRow, machine: KnownNode['facts']['machine']): KnownNode {
  const [critical, high, normal, low, background, system] = ['C', 'H', 'N', 'L', 'B', 'S'].map((name) =>
    number(row, name),
  );
  const demand = { critical, high, normal, low, background, system } as KnownNode['facts']['demand'];
  return { capable: row['capable'] === 'yes', facts: { machine, demand, pressure: number(row, 'p') } };
}

test('worked examples of the page', () => {
  const rows = tableAfter(page, '## Worked examples');
  assert.ok(rows.length >= 15);
  for (const row of rows) {
    const machine = { cpus: number(row, 'CPUs'), threads: number(row, 'threads'), reserve: number(row, 'reserve') };
    const node = row['CPUs'] === '–' ? null : nodeOfRow(row, machine);
    const { level, needMilli, capacityMilli } = scoreNode(tierOfRow(row), number(row, 'asks'), node);
    assert.deepEqual(
      { needs: needMilli, of: capacityMilli, score: level },
      { needs: number(row, 'needs'), of: number(row, 'of'), score: number(row, 'score') },
      JSON.stringify(row),
    );
  }
});

test('the page has an example of each tier', () => {
  assert.deepEqual(new Set(tableAfter(page, '## Worked examples').map(tierOfRow)), new Set(TIERS));
});

test('the page and the code agree on a request with ties', () => {
  const rows = tableAfter(page, '### One request with its ties');
  const machine = { cpus: 8, threads: 1, reserve: 1 };
  const nodes = new Map(rows.map((row) => [row['node'] ?? '', nodeOfRow(row, machine)]));
  const pod = { key: 'example', tier: 'critical', requestMilli: 1000 } as const;
  const ranking = prioritize(pod, [...nodes.keys()], (name) => nodes.get(name) ?? null);
  const got = ranking
    .nodes()
    .map(({ name, basis, score }) => [name, basis.value.toFixed(3), `${basis.level}`, `${score}`]);
  assert.deepEqual(
    got,
    rows.map((row) => [row['node'], row['value'], row['level'], row['score']]),
  );
});
