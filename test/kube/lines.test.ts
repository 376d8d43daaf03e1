import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLineSplitter, type LineSplitter } from '../../src/kube/lines.ts';
import { RestartError } from '../../src/kube/restart.ts';
import { chunked } from './chunks.ts';

function push(lines: LineSplitter, text: string | Buffer): string[] {
  return [...lines.push(Buffer.from(text))];
}

test('a line that comes in pieces is one line', () => {
  const lines = createLineSplitter(100);
  assert.deepEqual(push(lines, 'ab'), []);
  assert.equal(lines.partial, true);
  assert.deepEqual(push(lines, 'c\nde\nf'), ['abc', 'de']);
  assert.equal(lines.partial, true);
  assert.deepEqual(push(lines, '\n'), ['f']);
  assert.equal(lines.partial, false);
});

test('a chunk border inside a character does no harm', () => {
  const bytes = Buffer.from('aé€😀\n');
  const lines = createLineSplitter(100);
  const found = [...bytes].flatMap((byte) => push(lines, Buffer.from([byte])));
  assert.deepEqual(found, ['aé€😀']);
});

test('a line above the bound is refused, also when it comes in pieces, and the ones before it are not lost', () => {
  const lines = createLineSplitter(4);
  assert.deepEqual(push(lines, 'abcd\n'), ['abcd']);
  assert.deepEqual(push(lines, 'abc'), []);
  const step = lines.push(Buffer.from('d\nxyz\nabcde'));
  assert.equal(step.next().value, 'abcd');
  assert.equal(step.next().value, 'xyz');
  assert.throws(
    () => step.next(),
    (error) => error instanceof RestartError && error.restart.reason === 'bad-line',
  );
});

test('the bound is for the whole line, not for its pieces', () => {
  const lines = createLineSplitter(4);
  assert.deepEqual(push(lines, 'abc'), []);
  assert.throws(() => push(lines, 'de'), RestartError);
});

test('for all bytes and borders: the same lines as splitting the whole text', () => {
  const text = fc
    .string({ unit: fc.constantFrom('a', '\n', '€', '😀', '"', '\r'), maxLength: 60 })
    .map((s) => Buffer.from(s));
  fc.assert(
    fc.property(chunked(text), ({ bytes, chunks }) => {
      const lines = createLineSplitter(1000);
      const found = chunks.flatMap((chunk) => push(lines, chunk));
      const whole = bytes.toString().split('\n');
      const rest = whole.pop();
      assert.deepEqual(found, whole);
      assert.equal(lines.partial, rest !== '');
    }),
  );
});
