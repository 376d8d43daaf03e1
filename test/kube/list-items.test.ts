import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createListReader, type ListMetadata } from '../../src/kube/list-items.ts';
import { RestartError } from '../../src/kube/restart.ts';
import { fixture } from '../support/fixtures.ts';
import { chunked } from './chunks.ts';

const MAX_ITEM = 8 * 1024 * 1024;

function read(chunks: readonly Buffer[], maxItem = MAX_ITEM): { metadata: ListMetadata; items: unknown[] } {
  const items: unknown[] = [];
  const reader = createListReader(maxItem, (item) => items.push(item));
  for (const chunk of chunks) reader.push(chunk);
  return { metadata: reader.end(), items };
}

function readText(text: string, maxItem?: number) {
  return read([Buffer.from(text)], maxItem);
}

const isBadList = (error: unknown): boolean => error instanceof RestartError && error.restart.reason === 'bad-list';

test('items and metadata in either order', () => {
  const expected = { metadata: { resourceVersion: '7', continue: 'next' }, items: [{ a: 1 }, { b: '}]"\\' }] };
  const metadata = '"metadata":{"resourceVersion":"7","continue":"next","remainingItemCount":3}';
  const items = String.raw`"items" : [ {"a":1} , {"b":"}]\"\\"} ]`;
  assert.deepEqual(readText(`{"kind":"List",${metadata},${items}}`), expected);
  assert.deepEqual(readText(`\n{ ${items}, ${metadata}, "kind" : "List" }\n`), expected);
});

test('an empty continue and a missing one both mean the last page', () => {
  for (const rest of ['', ',"continue":""']) {
    const page = readText(`{"metadata":{"resourceVersion":"7"${rest}},"items":[]}`);
    assert.equal(page.metadata.continue, undefined);
  }
});

test('items: null is an empty list, as some servers write it', () => {
  assert.deepEqual(readText('{"metadata":{"resourceVersion":"7"},"items":null}').items, []);
});

test('an item is handed on as soon as it is whole', () => {
  const items: unknown[] = [];
  const reader = createListReader(MAX_ITEM, (item) => items.push(item));
  reader.push(Buffer.from('{"items":[{"a":1},{"b"'));
  assert.deepEqual(items, [{ a: 1 }]);
});

test('keys are compared as JSON has them, and hostile ones are keys like any other', () => {
  const page = readText(
    '{"\\u0069tems":[1],"__proto__":{"items":[2]},"constructor":{},"metadata":{"resourceVersion":"7"}}',
  );
  assert.deepEqual(page.items, [1]);
});

const refused: Readonly<Record<string, string>> = {
  'no document': '',
  'white space only': ' \n',
  'not an object': '[{"items":[]}]',
  'a text': '<html>502 Bad Gateway</html>',
  'no items': '{"metadata":{"resourceVersion":"7"}}',
  'items that are no array': '{"metadata":{"resourceVersion":"7"},"items":{}}',
  'two sets of items': '{"metadata":{"resourceVersion":"7"},"items":[],"items":[]}',
  'null and a set of items': '{"metadata":{"resourceVersion":"7"},"items":null,"items":[]}',
  'no version': '{"metadata":{},"items":[]}',
  'an empty version': '{"metadata":{"resourceVersion":""},"items":[]}',
  'a version that is no text': '{"metadata":{"resourceVersion":7},"items":[]}',
  'no metadata': '{"items":[]}',
  'a Status': '{"kind":"Status","metadata":{},"status":"Failure","code":500}',
  'more after the end': '{"metadata":{"resourceVersion":"7"},"items":[]}{}',
  'a comma too many': '{"metadata":{"resourceVersion":"7"},"items":[1,]}',
  'brackets that do not match': '{"metadata":{"resourceVersion":"7"},"items":[{"a":[}]]}',
  'a broken value that nobody reads': '{"metadata":{"resourceVersion":"7"},"kind":nonsense,"items":[]}',
};

for (const [what, text] of Object.entries(refused)) {
  test(`refused: ${what}`, () => assert.throws(() => readText(text), isBadList));
}

test('the reason for a refusal never quotes the document', () => {
  for (const text of ['{"items":[{"token":"s3cret" nonsense}]}', '{"items":[s3cret]}', '{"s3cret":s3cret}']) {
    assert.throws(
      () => readText(text),
      (error) => isBadList(error) && !(error as RestartError).restart.problem?.message.includes('s3cret'),
    );
  }
});

test('an item above the bound is refused before it is whole', () => {
  const text = `{"items":[${JSON.stringify('x'.repeat(100))}`;
  assert.throws(() => createListReader(50, () => {}).push(Buffer.from(text)), isBadList);
  assert.equal(
    readText('{"metadata":{"resourceVersion":"7"},"items":["12345678901234567890123456789012345678901234567"]}', 60)
      .items.length,
    1,
  );
});

test('the bound is for the whole item, not for its pieces', () => {
  const reader = createListReader(50, () => {});
  const piece = Buffer.from(`"${'x'.repeat(19)}",`);
  reader.push(Buffer.from('{"items":[['));
  reader.push(piece);
  reader.push(piece);
  assert.throws(() => reader.push(piece), isBadList);
});

test('an exception of the consumer is not taken for a bad document', () => {
  const reader = createListReader(MAX_ITEM, () => {
    throw new TypeError('of the consumer');
  });
  assert.throws(() => reader.push(Buffer.from('{"items":[1,')), TypeError);
});

const version = fc.string({ minLength: 1, maxLength: 10 });
const metadata = fc.record(
  { resourceVersion: version, continue: fc.string({ maxLength: 10 }), remainingItemCount: fc.nat() },
  { requiredKeys: ['resourceVersion'] },
);
const json = fc.jsonValue({ maxDepth: 4 });

/** A list with other fields around, keys in random order, compact or with white space. */
const document = fc
  .record({ metadata, items: fc.array(json, { maxLength: 6 }), kind: json, status: json })
  .chain((list) => fc.shuffledSubarray(Object.entries(list), { minLength: 4 }))
  .chain((entries) => fc.constantFrom(0, 2).map((indent) => JSON.stringify(Object.fromEntries(entries), null, indent)))
  .map((text) => Buffer.from(text));

test('for all lists and chunk borders: the items and the metadata that JSON.parse finds', () => {
  fc.assert(
    fc.property(chunked(document), ({ bytes, chunks }) => {
      const whole = JSON.parse(bytes.toString());
      const page = read(chunks);
      assert.deepEqual(page.items, whole.items);
      assert.equal(page.metadata.resourceVersion, whole.metadata.resourceVersion);
      assert.equal(page.metadata.continue, whole.metadata.continue || undefined);
    }),
    { numRuns: 500 },
  );
});

test('for all truncated lists: refused', () => {
  fc.assert(
    fc.property(chunked(document), fc.nat(), ({ bytes }, cut) => {
      const part = bytes.subarray(0, cut % bytes.length);
      assert.throws(() => read([part]), isBadList);
    }),
    { numRuns: 300 },
  );
});

test('for all damaged lists: accepted only if JSON.parse accepts them too, and with the same items', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\ 0x'.split(''))), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(chunked(document), damage, ({ bytes }, places) => {
      const damaged = Buffer.from(bytes);
      for (const [at, character] of places) damaged.write(character, at % damaged.length, 'latin1');
      let page: ReturnType<typeof read>;
      try {
        page = read([damaged.subarray(0, 7), damaged.subarray(7)]);
      } catch (error) {
        assert.ok(isBadList(error));
        return;
      }
      assert.deepEqual(page.items, JSON.parse(damaged.toString()).items);
    }),
    { numRuns: 2000 },
  );
});

test('recorded pages are read as JSON.parse reads them, whatever the size of the chunks', () => {
  for (const file of ['api/pods-page1.json', 'api/nodes-metadata-page1.json', 'api/namespaces.json']) {
    const text = fixture(file);
    const whole = JSON.parse(text);
    for (const size of [1, 7, 4096, text.length]) {
      const bytes = Buffer.from(text);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const page = read(chunks);
      assert.deepEqual(page.items, whole.items);
      assert.equal(page.metadata.continue, whole.metadata.continue);
    }
  }
});
