import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNamespaceRequest, readNodeFacts } from '../../../agent/safemode/node-facts.ts';
import { readRequest } from '../../../agent/safemode/request.ts';
import { type Readings, safeModeOf } from '../../../agent/safemode/sources.ts';

const CALM: Readings = {
  node: { wanted: false },
  namespace: { wanted: false },
  file: { state: 'absent' },
  inMemory: false,
  obstacle: null,
};

const cases: ReadonlyArray<
  readonly [what: string, readings: Partial<Readings>, sources: readonly string[], reason: RegExp]
> = [
  ['the node', { node: { wanted: true } }, ['node-annotation'], /^asked for by the annotation of the node$/],
  [
    'the namespace',
    { namespace: { wanted: true } },
    ['namespace-annotation'],
    /^asked for by the annotation of the release namespace$/,
  ],
  ['the file', { file: { state: 'present' } }, ['host-file'], /^asked for by the host file$/],
  [
    'a file that cannot be looked at',
    { file: { state: 'unreadable', detail: 'EIO' } },
    ['host-file'],
    /cannot be told: EIO$/,
  ],
  ['memory', { inMemory: true }, ['held-in-memory'], /ends with the agent's process$/],
  [
    'an unclear annotation',
    { node: { wanted: true, unclear: 'True' } },
    ['node-annotation'],
    /is "True", neither true nor false$/,
  ],
  ['no node read yet', { node: null }, ['not-read-yet'], /^not read yet: the annotation of the node$/],
  [
    'nothing read yet, and why',
    { node: null, namespace: null, file: null, obstacle: 'no route' },
    ['not-read-yet'],
    /, the host file \(no route\)$/,
  ],
  [
    'two at once',
    { node: { wanted: true }, file: { state: 'present' } },
    ['node-annotation', 'host-file'],
    /node; asked for by the host file$/,
  ],
];
for (const [what, readings, sources, reason] of cases) {
  test(`held by ${what}`, () => {
    const safeMode = safeModeOf({ ...CALM, ...readings });
    assert.deepEqual(safeMode.sources, sources);
    assert.match(safeMode.reason ?? '', reason);
  });
}

test('nothing holds when all were read and none asks', () => {
  assert.deepEqual(safeModeOf(CALM), { sources: [], reason: null });
});

test('an annotation asks with true; what is neither true nor false holds too', () => {
  for (const value of [undefined, '', 'false']) assert.deepEqual(readRequest(value), { wanted: false });
  assert.deepEqual(readRequest('true'), { wanted: true });
  for (const value of ['True', 'yes', '1', ' true', 'false ']) assert.equal(readRequest(value).wanted, true);
  const { unclear } = readRequest('x\n'.repeat(1e5)) as { unclear: string };
  assert.ok(unclear.length <= 40 && !unclear.includes('\n'));
});

test('of a Node: what the agent needs, whatever else is in it', () => {
  const annotations = {
    'temper.codes/safe-mode-requested': 'true',
    'temper.codes/agent-status': 'starting',
    'temper.codes/qos-overrides': '{}',
    other: 'dropped',
    odd: 7,
  };
  const labels = { 'temper.codes/enforce': 'disabled' };
  assert.deepEqual(readNodeFacts({ metadata: { name: 'n', uid: 'u', labels, annotations } }), {
    name: 'n',
    uid: 'u',
    safeMode: { wanted: true },
    enforceDisabled: true,
    qosOverrides: '{}',
    own: { 'temper.codes/agent-status': 'starting', 'temper.codes/qos-overrides': '{}' },
  });
  const bare = {
    name: 'n',
    uid: undefined,
    safeMode: { wanted: false },
    enforceDisabled: false,
    qosOverrides: undefined,
    own: {},
  };
  for (const metadata of [
    { name: 'n' },
    { name: 'n', uid: 3, labels: 'x', annotations: [] },
    { name: 'n', annotations: null },
  ]) {
    assert.deepEqual(readNodeFacts({ metadata }), bare);
  }
});

test('what is no object is none', () => {
  for (const value of [null, 7, 'x', {}, { metadata: {} }, { metadata: { name: '' } }]) {
    assert.equal(readNodeFacts(value), null);
    assert.equal(readNamespaceRequest(value), null);
  }
});
