import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainPod, findPod } from '../../../agent/views/pods.ts';
import { TemperError } from '../../../src/model/errors.ts';
import { knownOf, STOCK } from './known.ts';

const by = (uid: string) => ({ by: 'uid', uid }) as const;

test('a pod is found by uid and by name; any other is not on this node', () => {
  assert.equal(findPod(knownOf(), by('1')).name, 'cart');
  assert.equal(findPod(knownOf(), { by: 'name', namespace: 'shop', name: 'web' }).uid, '2');
  const unknown = [by('9'), { by: 'name', namespace: 'other', name: 'web' }] as const;
  for (const ref of unknown) {
    assert.throws(
      () => findPod(knownOf(), ref),
      (error) => error instanceof TemperError && error.id === 'TMP3204',
    );
  }
});

test('what is enforced for a pod is said first', () => {
  const onStock = { scheduler: STOCK, status: { word: 'safe-mode', reason: 'asked for by the node' } } as const;
  const cases = [
    [explainPod(knownOf(), by('1')), /^in layer critical-fenced: .*fenced/],
    [explainPod(knownOf(onStock), by('1')), /stock scheduler \(asked for by the node\), so nothing is enforced/],
    [explainPod(knownOf({ ...onStock, status: { word: 'observing', reason: null } }), by('1')), /\(observing\)/],
    [explainPod(knownOf(), by('3')), /its cgroup has not been found; it would be in normal/],
    [explainPod(knownOf({ turn: null }), by('1')), /in no layer: the layers have not been computed/],
  ] as const;
  for (const [{ lines }, first] of cases) assert.match(lines[0] ?? '', first);
});

test('a layer is told only of a pod whose cgroup is known', () => {
  const [found, late] = [explainPod(knownOf(), by('1')), explainPod(knownOf(), by('3'))];
  assert.equal(found.layer, 'critical-fenced');
  assert.match(found.cgroup ?? '', /kubepods/);
  assert.deepEqual([late.layer, late.cgroup], [null, null]);
});

test('while the newest config is not in force, it is told where the pod is and where it is wanted', () => {
  const known = knownOf();
  const placements = known.inForce ?? [];
  const demoted = placements.map((place) => (place.uid === '1' ? { ...place, layer: 'critical' as const } : place));
  const older = explainPod({ ...known, inForce: demoted }, by('1'));
  assert.deepEqual([older.layer, older.wantedLayer, older.layerReason], ['critical', 'critical-fenced', null]);
  assert.match(older.lines.join('\n'), /^in layer critical: .*not the newest\nit is wanted in layer critical-fenced: /);

  const without = explainPod({ ...known, inForce: placements.filter(({ uid }) => uid !== '1') }, by('1'));
  assert.deepEqual([without.layer, without.wantedLayer], [null, 'critical-fenced']);
  assert.match(without.lines[0] ?? '', /nobody knows yet/);

  assert.match(explainPod({ ...known, inForce: null }, by('1')).lines[0] ?? '', /an earlier agent's/);
  assert.equal('wantedLayer' in explainPod(known, by('1')), false);
});

test('requests, limits, what is not believed and the override are told', () => {
  const { lines, override } = explainPod(knownOf({ overrides: new Map([['2', 'low']]) }), by('2'));
  assert.equal(override, 'low');
  assert.match(lines.join('\n'), /asks for 100m, scaled down from 300m/);
  assert.match(lines.join('\n'), /limit of 500m is not enforced/);
  assert.match(explainPod(knownOf(), by('3')).lines.join('\n'), /it asks for 100m\n.*does not count: it was resized/);
});
