import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Change, Store } from '../../src/kube/store.ts';

function recorded(): { store: Store<number>; changes: Change<number>[] } {
  const store = new Store<number>();
  const changes: Change<number>[] = [];
  store.subscribe((change) => changes.push(change));
  return { store, changes };
}

test('listeners hear each change with what was there before', () => {
  const { store, changes } = recorded();
  store.set('a', 1);
  store.set('a', 2);
  store.delete('a');
  store.delete('a');
  assert.deepEqual(changes, [
    { type: 'set', key: 'a', value: 1, previous: undefined },
    { type: 'set', key: 'a', value: 2, previous: 1 },
    { type: 'delete', key: 'a', previous: 2 },
  ]);
});

test('a list replaces all there is and marks the store as synced', () => {
  const { store, changes } = recorded();
  store.set('a', 1);
  store.set('b', 2);
  assert.equal(store.synced, false);
  changes.length = 0;
  store.replace(new Map([['b', 3]]));
  assert.deepEqual(changes, [
    { type: 'delete', key: 'a', previous: 1 },
    { type: 'set', key: 'b', value: 3, previous: 2 },
  ]);
  assert.equal(store.synced, true);
  assert.equal(store.size, 1);
});

test('hostile keys are keys like any other', () => {
  const { store } = recorded();
  store.set('__proto__', 1);
  store.set('constructor', 2);
  assert.deepEqual([store.get('__proto__'), store.get('constructor'), store.get('toString')], [1, 2, undefined]);
});
