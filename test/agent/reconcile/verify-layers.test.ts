import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LayerName } from '../../../agent/layers/desired.ts';
import { type LayerEvidence, verifyLayers } from '../../../agent/reconcile/verify-layers.ts';

const known: LayerEvidence = { threads: 100, ranMs: 0, takesUnknown: false };

function judge(tasks: number | null, evidence: Partial<LayerEvidence> | null, layer: LayerName = 'high') {
  const layers = { [layer]: { index: 0, tasks, util: null } };
  return verifyLayers({ layers }, evidence === null ? {} : { [layer]: { ...known, ...evidence } });
}

test('only what cannot be otherwise is a proof of wrong layers', () => {
  const cases: ReadonlyArray<[tasks: number | null, evidence: Partial<LayerEvidence> | null, wrong: RegExp | null]> = [
    [100, {}, null],
    [0, {}, null],
    [0, { ranMs: 50 }, null],
    [0, { ranMs: 50.1 }, /pods of layer high used 50 ms of CPU, and it has no task/],
    [1, { ranMs: 9_000 }, null],
    [141, {}, null],
    [142, {}, /layer high has 142 tasks, and 100 threads belong to it/],
    [16, { threads: 0 }, null],
    [17, { threads: 0 }, /17 tasks, and 0 threads/],
    [9_999, { threads: null }, null],
    [9_999, { takesUnknown: true }, null],
    [0, { takesUnknown: true, ranMs: 60 }, /no task/],
    [0, { threads: null, ranMs: 60 }, /no task/],
    [null, { ranMs: 9_000 }, null],
    [9_999, null, null],
  ];
  for (const [tasks, evidence, wrong] of cases) {
    const found = judge(tasks, evidence);
    if (wrong === null) assert.equal(found, null, JSON.stringify([tasks, evidence]));
    else assert.match(found ?? '', wrong);
  }
});

test('every layer is looked at, and a layer that the statistics do not know proves nothing', () => {
  assert.match(judge(999, {}, 'rest') ?? '', /layer rest has 999 tasks/);
  assert.equal(verifyLayers({ layers: {} }, { high: { ...known, ranMs: 9_000 } }), null);
});
