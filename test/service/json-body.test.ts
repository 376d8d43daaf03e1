import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TemperError } from '../../src/model/errors.ts';
import { nestsDeeper, parseJson } from '../../src/service/http/json-body.ts';

const refused = (body: Buffer | string): string => {
  try {
    parseJson(Buffer.from(body as string));
  } catch (error) {
    if (error instanceof TemperError) return `${error.id} ${error.message}`;
    throw error;
  }
  return '';
};

test('JSON is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 20 }), (text) => {
      assert.deepEqual(parseJson(Buffer.from(text)), JSON.parse(text));
    }),
  );
});

test('a key named __proto__ is a key and changes no object', () => {
  const value = parseJson(Buffer.from('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'));
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  assert.deepEqual(Object.keys(value as object), ['__proto__', 'constructor']);
});

test('what is not JSON is refused, and never quoted', () => {
  for (const text of ['', '{"a":"hunter2', '{"hunter2":}', 'hunter2', '\u0000', '{"a":1}{']) {
    assert.match(refused(text), /^TMP2001/);
    assert.doesNotMatch(refused(text), /hunter2/);
  }
  assert.match(refused(Buffer.from([0x22, 0xff, 0xfe, 0x22])), /^TMP2001.*UTF-8/);
});

test('nesting is bounded, outside of strings, in bodies that are large enough to matter', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${' '.repeat(65_536)}${']'.repeat(depth)}`;
  assert.equal(refused(nested(128)), '');
  assert.match(refused(nested(129)), /^TMP2009/);
  assert.match(refused('{"a":'.repeat(1_000_000)), /^TMP2009/);
  assert.equal(refused(JSON.stringify({ a: '['.repeat(70_000), b: `"\\${'{'.repeat(1000)}` })), '');
  assert.equal(refused('['.repeat(10_000) + ']'.repeat(10_000)), '', 'a small body cannot take much');
});

/** The depth of a value, told by walking it. */
const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

test('the depth is that of the value, whatever its strings hold', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^["\\[\]{}]{0,12}$/));
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 8 },
      text,
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(text, tie('node'), { maxKeys: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(value, (one) => {
      const body = Buffer.from(JSON.stringify(one));
      const depth = depthOf(one);
      assert.equal(nestsDeeper(body, depth), false);
      if (depth > 0) assert.equal(nestsDeeper(body, depth - 1), true);
    }),
    { numRuns: 1000 },
  );
});
