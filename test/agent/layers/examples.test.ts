// Runs the worked examples of docs/explanation/layers.md, and holds its table of layers to the code.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { desire } from '../../../agent/layers/desire.ts';
import { type Desired, LAYERS, type LayerName } from '../../../agent/layers/desired.ts';
import { LAYER_SPECS } from '../../../agent/layers/layer-specs.ts';
import { DEFAULT_LAYER_SETTINGS, type LayerSettings } from '../../../agent/layers/settings.ts';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import type { Matching } from '../../../agent/scheduler/scheduler.ts';
import { type TableRow, tableAfter } from '../../support/markdown-table.ts';
import { inputOf, machineOf, podOf } from './builders.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/explanation/layers.md'), 'utf8');

const number = (row: TableRow, name: string): number => Number(row[name] ?? Number.NaN);
const machine = (row: TableRow) => machineOf(number(row, 'CPUs'), number(row, 'threads'));
const range = (desired: Desired, layer: LayerName): string => desired.numbers[layer].cpusRange?.join('–') ?? '–';

function layerOf(row: TableRow): LayerName {
  const layer = LAYERS.find((name) => name === row['layer']?.replaceAll('`', ''));
  assert.ok(layer, row['layer']);
  return layer;
}

test('the layers of the page are those of the code', () => {
  const { numbers } = desire(inputOf([])).desired;
  const word = (flag: boolean): string => (flag ? 'yes' : 'no');
  const rows = tableAfter(page, '## The layers').map((row) => {
    const { who: _who, ...rest } = row;
    return { ...rest, layer: layerOf(row) };
  });
  const expected = LAYERS.map((layer) => {
    const { kind, isProtected, preempts, isExclusive } = LAYER_SPECS[layer];
    const flags = { protected: word(isProtected), preempts: word(preempts), exclusive: word(isExclusive) };
    return { layer, kind, ...flags, slice: `${numbers[layer].sliceUs / 1000} ms` };
  });
  assert.deepEqual(rows, expected);
});

test('worked examples: CPUs', () => {
  const rows = tableAfter(page, '### CPUs');
  assert.ok(rows.length >= 15);
  for (const row of rows) {
    const asked = number(row, 'C');
    const critical = podOf({ uid: '1', tier: 'critical', requestMilli: asked });
    const pods = [...(asked === 0 ? [] : [critical]), podOf({ uid: '2', tier: 'high' })];
    const settings = { ...DEFAULT_LAYER_SETTINGS, reserve: number(row, 'reserve') };
    const { desired } = desire(inputOf(pods, { machine: machine(row), settings }));
    const layers = ['critical-fenced', 'critical', 'high', 'host', 'rest'] as const;
    assert.deepEqual(
      {
        fence: `${desired.fence.needed}`,
        'can be fenced': `${desired.fence.fenceable}`,
        demoted: desired.demoted ? 'yes' : 'no',
        ...Object.fromEntries(layers.map((layer) => [layer, range(desired, layer)])),
      },
      Object.fromEntries(['fence', 'can be fenced', 'demoted', ...layers].map((name) => [name, row[name]])),
      JSON.stringify(row),
    );
  }
});

test('worked examples: weights', () => {
  const rows = tableAfter(page, '### Weights');
  assert.ok(rows.length >= 10);
  for (const row of rows) {
    const pod = podOf({ uid: '1', tier: row['tier'] as AgentPod['tier'], requestMilli: number(row, 'asks') });
    const { desired } = desire(inputOf([pod], { machine: machine(row), matching: row['matching'] as Matching }));
    assert.equal(desired.placements[0]?.layer, layerOf(row));
    assert.equal(desired.numbers[layerOf(row)].weight, number(row, 'weight'), JSON.stringify(row));
  }
});

test('worked examples: places', () => {
  const rows = tableAfter(page, '### Places');
  assert.ok(rows.length >= 10);
  for (const row of rows) {
    const pod = podOf({
      uid: '1',
      tier: row['tier'] as AgentPod['tier'],
      qos: row['QoS class'] as AgentPod['qos'],
      requestMilli: number(row, 'asks'),
      limitMilli: row['limit'] === '–' ? null : number(row, 'limit'),
    });
    const settings = { ...DEFAULT_LAYER_SETTINGS, limits: row['limits'] as LayerSettings['limits'] };
    const { desired } = desire(inputOf([pod], { settings, matching: row['matching'] as Matching }));
    const layer = desired.placements[0]?.layer ?? 'rest';
    const most = desired.numbers[layer].cpusRange?.[1];
    assert.deepEqual([layer, `${most ?? '–'}`], [layerOf(row), row['at most']], JSON.stringify(row));
  }
});

test('every tier has a place on the page', () => {
  const tiers = new Set(tableAfter(page, '### Places').map((row) => row['tier']));
  assert.deepEqual(tiers, new Set(['critical', 'high', 'normal', 'low', 'background', 'system']));
});
