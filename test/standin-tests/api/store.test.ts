import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Change, createStore } from '../../standin/api/store.ts';

const object = (name: string, value = 0) => ({ metadata: { name }, value });

test('one version counter grows over all resources', () => {
  const store = createStore();
  const first = store.put('nodes', 'a', object('a'));
  const second = store.put('pods', 'x/a', object('a'));
  assert.deepEqual([first.metadata.resourceVersion, second.metadata.resourceVersion, store.version], ['2', '3', 3]);
});

test('stored objects cannot be changed in place', () => {
  const stored = createStore().put('nodes', 'a', object('a'));
  assert.throws(() => {
    stored.metadata.name = 'b';
  }, TypeError);
});

test('a deletion carries the last state at its own version', () => {
  const store = createStore();
  const changes: Change[] = [];
  store.subscribe((change) => changes.push(change));
  store.put('nodes', 'a', object('a', 7));
  store.remove('nodes', 'a');
  assert.equal(store.remove('nodes', 'a'), undefined);
  const [, deletion] = changes;
  assert.deepEqual(
    changes.map(({ type }) => type),
    ['ADDED', 'DELETED'],
  );
  assert.deepEqual(deletion?.object, { metadata: { name: 'a', resourceVersion: '3' }, value: 7 });
});

test('what a listener writes is told after the write it was told of', () => {
  const store = createStore();
  const seen: string[] = [];
  store.subscribe(({ type, key }) => {
    if (type === 'ADDED' && key === 'a') store.put('nodes', 'b', object('b'));
  });
  store.subscribe(({ key }) => seen.push(key));
  store.put('nodes', 'a', object('a'));
  assert.deepEqual(seen, ['a', 'b']);
});

test('a listener that is taken back hears nothing more', () => {
  const store = createStore();
  const seen: string[] = [];
  const stop = store.subscribe(({ key }) => seen.push(key));
  store.put('nodes', 'a', object('a'));
  stop();
  store.put('nodes', 'b', object('b'));
  assert.deepEqual(seen, ['a']);
});

test('any version that is not compacted can be looked at again', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c'), remove: fc.boolean(), value: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const store = createStore();
      const states = new Map([[store.version, store.snapshot('nodes', store.version)]]);
      for (const { key, remove, value } of steps) {
        if (remove) store.remove('nodes', key);
        else store.put('nodes', key, object(key, value));
        states.set(store.version, store.snapshot('nodes', store.version));
      }
      for (const [version, state] of states) assert.deepEqual(store.snapshot('nodes', version), state);
    }),
  );
});

test('the history is bounded, and says how far it goes back', () => {
  const store = createStore(10);
  for (let value = 0; value < 100; value += 1) store.put('nodes', 'a', object('a', value));
  const kept = store.changesSince(store.compactedVersion);
  assert.ok(kept.length >= 10 && kept.length <= 15, `${kept.length} kept`);
  assert.equal(kept[0]?.version, store.compactedVersion + 1);
  assert.equal(kept.at(-1)?.version, store.version);
});

test('compaction forgets the writes and keeps the state', () => {
  const store = createStore();
  store.put('nodes', 'a', object('a'));
  store.compact();
  assert.equal(store.compactedVersion, store.version);
  assert.deepEqual(store.changesSince(store.version), []);
  assert.equal(store.snapshot('nodes', store.version).length, 1);
});
