import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readWatchEvent } from '../../src/kube/watch-event.ts';
import { vectors } from '../support/fixtures.ts';

function read(value: unknown) {
  return readWatchEvent(typeof value === 'string' ? value : JSON.stringify(value));
}

const object = { metadata: { name: 'a', namespace: 'ns', resourceVersion: '5' } };

test('changes carry key, version and the object', () => {
  for (const type of ['ADDED', 'MODIFIED']) {
    assert.deepEqual(read({ type, object }), { type: 'set', meta: { key: 'ns/a', version: '5' }, object });
  }
  assert.deepEqual(read({ type: 'DELETED', object }), { type: 'delete', meta: { key: 'ns/a', version: '5' }, object });
});

test('an object without a namespace is known by its name', () => {
  for (const namespace of [undefined, null, '']) {
    const event = read({ type: 'ADDED', object: { metadata: { ...object.metadata, namespace } } });
    assert.equal(event?.type === 'set' && event.meta.key, 'a');
  }
});

test('a bookmark is only a version', () => {
  const bookmark = {
    type: 'BOOKMARK',
    object: { kind: 'Pod', metadata: { resourceVersion: '9' }, spec: { containers: null } },
  };
  assert.deepEqual(read(bookmark), { type: 'bookmark', version: '9' });
});

test('an error carries its code, its message and how long to wait', () => {
  const status = { kind: 'Status', code: 429, message: 'slow down', details: { retryAfterSeconds: 7 } };
  assert.deepEqual(read({ type: 'ERROR', object: status }), {
    type: 'error',
    status: { code: 429, message: 'slow down', retryAfterMs: 7000 },
  });
  for (const damaged of [null, 5, { code: 'x', message: {}, details: [] }]) {
    assert.deepEqual(read({ type: 'ERROR', object: damaged }), {
      type: 'error',
      status: { code: 0, message: '', retryAfterMs: 0 },
    });
  }
});

test('an event of another type, or about no object, is unknown', () => {
  const events = [
    { type: 'SYNC', object },
    { type: '__proto__', object },
    { type: 'ADDED' },
    { type: 'ADDED', object: null },
    { type: 'ADDED', object: { metadata: { name: 'a' } } },
    { type: 'ADDED', object: { metadata: { name: '', resourceVersion: '5' } } },
    { type: 'ADDED', object: { metadata: { name: 'ns/a', resourceVersion: '5' } } },
    { type: 'ADDED', object: { metadata: { name: 'a'.repeat(254), resourceVersion: '5' } } },
    { type: 'DELETED', object: { metadata: { name: 7, resourceVersion: '5' } } },
    { type: 'BOOKMARK', object: { metadata: {} } },
  ];
  for (const event of events) assert.deepEqual(read(event), { type: 'unknown' }, JSON.stringify(event));
});

test('a line that is no event at all', () => {
  const lines = [
    '',
    'null',
    '5',
    '[]',
    '{}',
    '"ADDED"',
    '{"type":5}',
    '{"type":"ADDED","object":{"metadata"',
    '<html>',
  ];
  for (const line of lines) assert.equal(read(line), null, line);
});

test('never throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void read(text)));
  fc.assert(fc.property(fc.json(), (text) => void read(text)));
  fc.assert(fc.property(fc.jsonValue(), (value) => void read({ type: 'ADDED', object: { metadata: value } })));
});

test('every recorded line is understood', () => {
  for (const file of ['pods-watch', 'pods-watch-expired', 'nodes-metadata-watch']) {
    for (const line of vectors<unknown>(`api/${file}.jsonl`)) {
      const event = read(line);
      assert.ok(event !== null && event.type !== 'unknown', file);
    }
  }
});
