import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Freshness, freshness, knownNode } from '../../extender/freshness.ts';
import { readNodeView } from '../../extender/node-view.ts';
import { encodeTierLoad } from '../../src/model/tier-load.ts';
import { fixture } from '../support/fixtures.ts';
import { NOW, nodeObject, nodeView, tierLoad } from './support.ts';

test('a node of a metadata-only list, as a real API server sends it', () => {
  const [item] = JSON.parse(fixture('api/nodes-metadata-page1.json')).items;
  assert.deepEqual(readNodeView(item), {
    name: 'kwok-0000',
    zone: null,
    report: { readable: false, state: 'missing' },
    obstacles: [],
  });
});

test('a whole node gives the same', () => {
  const whole = JSON.parse(fixture('api/node-kwok-0001.json'));
  assert.equal(readNodeView(whole)?.name, 'kwok-0001');
});

test('what is not a node is not understood', () => {
  const bad = [
    null,
    1,
    'x',
    [],
    {},
    { metadata: null },
    { metadata: {} },
    { metadata: { name: 1 } },
    { metadata: { name: '' } },
    { metadata: { name: 'n', annotations: [] } },
    { metadata: { name: 'n', annotations: { 'temper.codes/tier-load': 1 } } },
    { metadata: { name: 'n', labels: { 'temper.codes/enforce': {} } } },
  ];
  for (const object of bad) assert.equal(readNodeView(object), null, JSON.stringify(object));
});

test('reading never throws, whatever comes', () => {
  fc.assert(
    fc.property(fc.anything(), fc.string(), (anything, text) => {
      readNodeView(anything);
      readNodeView({ metadata: anything });
      const view = readNodeView(nodeObject('n', text));
      assert.equal(view === null || !view.report.readable, true);
    }),
  );
});

test('capable: enforcing or ready, not asked into safe mode, not disabled', () => {
  const capable = (...args: Parameters<typeof nodeObject>) => knownNode(nodeView(nodeObject(...args)), NOW)?.capable;
  assert.equal(capable('n', tierLoad()), true);
  assert.equal(capable('n', tierLoad({ protection: 'ready' })), true);
  assert.equal(capable('n', tierLoad({ protection: 'none' })), false);
  assert.equal(capable('n', tierLoad(), { safeMode: 'true' }), false);
  assert.equal(capable('n', tierLoad(), { safeMode: 'false' }), true);
  assert.equal(capable('n', tierLoad(), { enforce: 'disabled' }), false);
  assert.equal(capable('n', tierLoad(), { enforce: 'enabled' }), true);
});

test('every obstacle is named', () => {
  const view = nodeView(nodeObject('n', tierLoad({ protection: 'none' }), { safeMode: 'true', enforce: 'disabled' }));
  assert.deepEqual(view.obstacles, ['protection-none', 'safe-mode-requested', 'enforce-disabled']);
});

test('only a fresh report counts', () => {
  const hour = 3_600_000;
  const table: Array<[what: string, load: Parameters<typeof nodeObject>[1], expected: Freshness]> = [
    ['just measured', tierLoad(), 'fresh'],
    ['three heartbeats old', tierLoad({ at: NOW - 900_000 }), 'fresh'],
    ['a millisecond older', tierLoad({ at: NOW - 900_001 }), 'stale'],
    ['a longer heartbeat', tierLoad({ at: NOW - 900_001, heartbeatMs: 600_000 }), 'fresh'],
    ['a minute ahead', tierLoad({ at: NOW + 60_000 }), 'fresh'],
    ['a millisecond more', tierLoad({ at: NOW + 60_001 }), 'skewed'],
    ['five minutes ahead', tierLoad({ at: NOW + 300_000 }), 'skewed'],
    ['hours old', tierLoad({ at: NOW - hour }), 'stale'],
    ['another version', encodeTierLoad(tierLoad()).replace('"v":1', '"v":2'), 'unknown-version'],
    ['not JSON', '{', 'invalid'],
    ['half of it', '{"v":1}', 'invalid'],
    ['too large', `{"v":1,"x":"${'x'.repeat(5000)}"}`, 'invalid'],
    ['none', null, 'missing'],
  ];
  for (const [what, load, expected] of table) {
    const view = nodeView(nodeObject('n', load));
    assert.equal(freshness(view, NOW), expected, what);
    assert.equal(knownNode(view, NOW) !== null, expected === 'fresh', what);
  }
  assert.equal(knownNode(undefined, NOW), null);
});

test('a time zone is honoured: expiry is by UTC', () => {
  const local = encodeTierLoad(tierLoad()).replace('2026-11-21T10:00:00.000Z', '2026-11-21T18:00:00.000+08:00');
  assert.equal(freshness(nodeView(nodeObject('n', local)), NOW), 'fresh');
});
