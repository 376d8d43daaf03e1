import { create, patch, type Row, remove, type Write, writes } from './write.ts';

export const EVENTS = '/apis/events.k8s.io/v1/namespaces/default/events';

/** Events that are there before, made by an administrator. */
export const OWN_EVENT = 'confinement-own';
export const OTHERS_EVENT = 'confinement-other';

/** Always about something in the namespace `default` or in none. */
export function eventAbout(kind: 'Node' | 'Pod', name: string, event: string): object {
  return {
    metadata: { name: event, namespace: 'default' },
    eventTime: '2026-11-22T20:00:00.000000Z',
    reportingController: 'temper.codes/agent',
    reportingInstance: 'agent',
    action: 'Enforce',
    reason: 'Confined',
    type: 'Normal',
    regarding: { apiVersion: 'v1', kind, name, ...(kind === 'Pod' && { namespace: 'default' }) },
  };
}

const SERIES = { series: { count: 2, lastObservedTime: '2026-11-22T20:01:00.000000Z' } };

const taken: readonly Row[] = [
  ['an Event about its own Node', ({ own }) => create(EVENTS, eventAbout('Node', own, 'confinement-new'))],
  ['an Event about its own Node, counted once more', () => patch(`${EVENTS}/${OWN_EVENT}`, SERIES)],
];

const refused: readonly Row[] = [
  ['an Event about another Node', ({ other }) => create(EVENTS, eventAbout('Node', other, 'confinement-new'))],
  ['an Event about a Pod', ({ own }) => create(EVENTS, eventAbout('Pod', own, 'confinement-new'))],
  ['an Event about another Node, counted once more', () => patch(`${EVENTS}/${OTHERS_EVENT}`, SERIES)],
];

const immutable: readonly Row[] = [
  [
    'an Event about another Node, made one about its own',
    ({ own }) => patch(`${EVENTS}/${OTHERS_EVENT}`, { regarding: { kind: 'Node', name: own } }),
  ],
];

const notGranted: readonly Row[] = [
  [
    'an Event outside of `default`',
    ({ own, namespace }) => create(EVENTS.replace('default', namespace), eventAbout('Node', own, 'confinement-new')),
  ],
  ['an Event of the core group', () => create('/api/v1/namespaces/default/events')],
  ['an Event: replaced', () => ({ method: 'PUT', path: `${EVENTS}/${OWN_EVENT}`, body: {} })],
  ['an Event: deleted', () => remove(`${EVENTS}/${OWN_EVENT}`)],
];

export const EVENT_WRITES: readonly Write[] = [
  ...writes('taken', taken),
  ...writes('event', refused),
  ...writes('immutable', immutable),
  ...writes('notGranted', notGranted),
];
