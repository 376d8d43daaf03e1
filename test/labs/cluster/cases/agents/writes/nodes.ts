import { AGENT_ANNOTATIONS } from '../../../../../../src/model/agent-annotations.ts';
import { AGENT_STATUS, ENFORCE, QOS_OVERRIDES, SAFE_MODE_REQUESTED } from '../../../../../../src/model/keys.ts';
import { apply, create, patch, type Request, type Row, remove, type Write, writes } from './write.ts';

const node = (name: string): string => `/api/v1/nodes/${name}`;
const annotate = (name: string, annotations: Readonly<Record<string, string | null>> | null): Request =>
  patch(node(name), { metadata: { annotations } });
const applied = (name: string, metadata: object): Request =>
  apply(node(name), { apiVersion: 'v1', kind: 'Node', metadata: { name, ...metadata } });

const LABELS = { metadata: { labels: { role: 'db' } } };

const taken: readonly Row[] = [
  ...AGENT_ANNOTATIONS.map((key): Row => [`own Node: \`${key}\``, ({ own }) => annotate(own, { [key]: '{}' })]),
  ['own Node: one of these removed', ({ own }) => annotate(own, { [QOS_OVERRIDES]: null })],
  [
    'own Node: one of these, by server-side apply',
    ({ own }) => applied(own, { annotations: { [AGENT_STATUS]: 'applied' } }),
  ],
  [
    'own Node: the record of who wrote what (`managedFields`)',
    ({ own }) => patch(node(own), { metadata: { managedFields: [{}] } }),
  ],
];

/** The Node has one of its own, `example.com/theirs` and a request for safe mode before. */
const annotations: readonly Row[] = [
  [`own Node: \`${SAFE_MODE_REQUESTED}\` changed`, ({ own }) => annotate(own, { [SAFE_MODE_REQUESTED]: 'false' })],
  [`own Node: \`${SAFE_MODE_REQUESTED}\` removed`, ({ own }) => annotate(own, { [SAFE_MODE_REQUESTED]: null })],
  ['own Node: another key of `temper.codes/`', ({ own }) => annotate(own, { 'temper.codes/another': 'x' })],
  ["own Node: somebody else's annotation added", ({ own }) => annotate(own, { 'example.com/new': 'x' })],
  ["own Node: somebody else's annotation changed", ({ own }) => annotate(own, { 'example.com/theirs': 'x' })],
  ["own Node: somebody else's annotation removed", ({ own }) => annotate(own, { 'example.com/theirs': null })],
  ['own Node: all annotations removed', ({ own }) => annotate(own, null)],
];

const metadata: readonly Row[] = [
  [`own Node: the label \`${ENFORCE}\``, ({ own }) => patch(node(own), { metadata: { labels: { [ENFORCE]: 'x' } } })],
  ['own Node: a label removed', ({ own }) => patch(node(own), { metadata: { labels: null } })],
  [
    'own Node: a label together with an annotation of its own',
    ({ own }) => patch(node(own), { metadata: { annotations: { [AGENT_STATUS]: 'x' }, ...LABELS.metadata } }),
  ],
  [
    'own Node: a label, by JSON patch',
    ({ own }) => patch(node(own), [{ op: 'add', path: '/metadata/labels/role', value: 'db' }], 'json'),
  ],
  ['own Node: a label, by strategic merge patch', ({ own }) => patch(node(own), LABELS, 'strategic-merge')],
  ['own Node: a label, by server-side apply', ({ own }) => applied(own, LABELS.metadata)],
  ['own Node: a finalizer', ({ own }) => patch(node(own), { metadata: { finalizers: ['example.com/stay'] } })],
  [
    'own Node: an owner, which would have it collected as garbage',
    ({ own }) => {
      const owner = { apiVersion: 'v1', kind: 'Node', name: 'gone', uid: '00000000-0000-0000-0000-000000000000' };
      return patch(node(own), { metadata: { ownerReferences: [owner] } });
    },
  ],
];

const spec: readonly Row[] = [
  ['own Node: unschedulable', ({ own }) => patch(node(own), { spec: { unschedulable: true } })],
  ['own Node: a taint', ({ own }) => patch(node(own), { spec: { taints: [{ key: 'mine', effect: 'NoExecute' }] } })],
  ['own Node: its provider', ({ own }) => patch(node(own), { spec: { providerID: 'cloud://mine' } })],
];

const otherNode: readonly Row[] = [
  [
    'another Node: an annotation that its own agent writes',
    ({ other }) => annotate(other, { [AGENT_STATUS]: 'enforcing' }),
  ],
  [`another Node: \`${SAFE_MODE_REQUESTED}\``, ({ other }) => annotate(other, { [SAFE_MODE_REQUESTED]: 'true' })],
  ['another Node: a label', ({ other }) => patch(node(other), LABELS)],
];

const notGranted: readonly Row[] = [
  ['own Node: its `status`', ({ own }) => patch(`${node(own)}/status`, { status: { capacity: { cpu: '1000' } } })],
  ['own Node: replaced', ({ own }) => ({ method: 'PUT', path: node(own), body: {} })],
  ['own Node: deleted', ({ own }) => remove(node(own))],
  ['own Node: a command to its kubelet', ({ own }) => create(`${node(own)}/proxy/run/a/b/c`)],
  ['another Node: deleted', ({ other }) => remove(node(other))],
  ['all Nodes: deleted', () => remove('/api/v1/nodes')],
  ['a new Node', () => create('/api/v1/nodes', { metadata: { name: 'made-up' } })],
  ['a new Node, by server-side apply', () => applied('made-up', {})],
];

export const NODE_WRITES: readonly Write[] = [
  ...writes('taken', taken),
  ...writes('annotations', annotations),
  ...writes('metadata', metadata),
  ...writes('spec', spec),
  ...writes('ownNode', otherNode),
  ...writes('notGranted', notGranted),
];
