import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_NAMES, readArgs } from '../../extender/args.ts';

const POD = { metadata: { name: 'p' } };

function names(body: unknown): readonly string[] {
  const reading = readArgs(body);
  assert.ok(reading.ok, reading.ok ? '' : reading.problem);
  return reading.args.names;
}

function problem(body: unknown): string {
  const reading = readArgs(body);
  assert.ok(!reading.ok);
  return reading.problem;
}

test('names only, as kube-scheduler sends it, and in every other case of the keys', () => {
  assert.deepEqual(names({ Pod: POD, Nodes: null, NodeNames: ['a', 'b'] }), ['a', 'b']);
  assert.deepEqual(names({ pod: POD, nodes: null, nodenames: ['a'] }), ['a']);
  assert.deepEqual(names({ pod: POD, nodeNames: ['a'] }), ['a']);
  assert.deepEqual(names({ POD, NODENAMES: ['a'] }), ['a']);
  assert.deepEqual(names({ Pod: POD, NodeNames: [] }), []);
});

test("Go's own spelling wins over another one", () => {
  assert.deepEqual(names({ nodenames: ['b'], Pod: POD, NodeNames: ['a'] }), ['a']);
});

test('full nodes: the names, the objects by name, and what else the list holds', () => {
  const a = { metadata: { name: 'a' }, status: { x: 1 } };
  const reading = readArgs({
    Pod: POD,
    Nodes: { metadata: { v: 1 }, items: [a, { metadata: { name: 'b' } }] },
    NodeNames: null,
  });
  assert.ok(reading.ok);
  assert.deepEqual(reading.args.names, ['a', 'b']);
  assert.equal(reading.args.nodes?.byName.get('a'), a);
  assert.deepEqual(reading.args.nodes?.list, { metadata: { v: 1 } });
  assert.deepEqual(names({ Pod: POD, Nodes: { metadata: {}, items: null } }), []);
});

test('names win where both are given', () => {
  assert.deepEqual(names({ Pod: POD, Nodes: { items: [{ metadata: { name: 'b' } }] }, NodeNames: ['a'] }), ['a']);
});

test('a name that comes twice is one entry', () => {
  assert.deepEqual(names({ Pod: POD, NodeNames: ['a', 'b', 'a'] }), ['a', 'b']);
  const twice = [{ metadata: { name: 'a' } }, { metadata: { name: 'a' } }];
  assert.deepEqual(names({ Pod: POD, Nodes: { items: twice } }), ['a']);
});

test('hostile names are names', () => {
  const hostile = ['__proto__', 'constructor', 'toString', '', ' ', '\u0000', '\ud800', 'x'.repeat(100_000)];
  assert.deepEqual(names({ Pod: POD, NodeNames: hostile }), hostile);
});

test('what is not ExtenderArgs is refused with the field that is wrong', () => {
  for (const body of [undefined, null, 1, 'text', [], true]) assert.match(problem(body), /not an object/);
  assert.match(problem({}), /Pod is missing/);
  assert.match(problem({ Pod: 'p', NodeNames: [] }), /Pod/);
  assert.match(problem({ Pod: [], NodeNames: [] }), /Pod/);
  assert.match(problem({ Pod: POD }), /both missing/);
  assert.match(problem({ Pod: POD, Nodes: null, NodeNames: null }), /both missing/);
  assert.match(problem({ Pod: POD, NodeNames: 'a' }), /NodeNames is not a list/);
  assert.match(problem({ Pod: POD, NodeNames: { 0: 'a', length: 1 } }), /NodeNames is not a list/);
  assert.match(problem({ Pod: POD, NodeNames: ['a', 1] }), /not a string/);
  assert.match(problem({ Pod: POD, NodeNames: ['a', null] }), /not a string/);
  assert.match(problem({ Pod: POD, Nodes: [] }), /Nodes is not a list/);
  assert.match(problem({ Pod: POD, Nodes: {} }), /Nodes is not a list/);
  for (const item of [null, 1, {}, { metadata: null }, { metadata: { name: 1 } }]) {
    assert.match(problem({ Pod: POD, Nodes: { items: [item] } }), /without a name/);
  }
});

test('keys of the prototype are no fields', () => {
  assert.match(problem(JSON.parse('{"__proto__":{"Pod":{},"NodeNames":["a"]}}')), /Pod is missing/);
  assert.match(problem(Object.create({ Pod: POD, NodeNames: ['a'] })), /Pod is missing/);
});

test('the number of names is bounded', () => {
  const many = Array.from({ length: MAX_NAMES + 1 }, () => 'a');
  assert.match(problem({ Pod: POD, NodeNames: many }), /more than/);
  assert.deepEqual(names({ Pod: POD, NodeNames: many.slice(1) }), ['a']);
  assert.match(problem({ Pod: POD, Nodes: { items: many } }), /more than/);
});
