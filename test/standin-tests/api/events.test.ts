import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anonymousAccess } from '../../../src/kube/access.ts';
import { createEventSink } from '../../../src/kube/events.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { createWriter } from '../../../src/kube/write.ts';
import { until } from '../../kube/harness.ts';
import { serveApi } from '../../standin/api/http.ts';
import { EVENTS } from '../../standin/api/resources.ts';
import { addNamespace, bench, refusal } from '../helpers.ts';

const EVENT = {
  metadata: { name: 'node-1.1' },
  eventTime: '2026-11-21T10:00:00.000000Z',
  reportingController: 'temper.codes/agent',
  reportingInstance: 'agent-x',
  action: 'Enforce',
  reason: 'EnforcementRefused',
  regarding: { apiVersion: 'v1', kind: 'Node', name: 'node-1' },
  note: 'The node stays on the stock scheduler',
  type: 'Warning',
};

test('what the agent’s own sink writes is kept and counted up, and can be listed', async (t) => {
  const { api, clock } = await bench();
  await addNamespace(api, 'default');
  const server = await serveApi(api);
  const transport = createTransport(anonymousAccess(new URL(server.url)));
  t.after(async () => {
    transport.close();
    await server.close();
  });
  const outcomes: string[] = [];
  const sink = createEventSink({
    writer: createWriter({ sender: transport, clock }),
    clock,
    random: () => 0,
    subject: () => ({ apiVersion: 'v1', kind: 'Node', name: 'node-1', namespace: '', uid: 'u' }),
    reporter: { controller: 'temper.codes/agent', instance: 'agent-x' },
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  const note = { type: 'Warning', reason: 'SchedulerEjected', action: 'Enforce', note: 'It ended' } as const;
  sink.emit(note);
  await until(() => outcomes.length === 1);
  sink.emit(note);
  clock.advance(300_000);
  await until(() => outcomes.length === 2);
  assert.deepEqual(outcomes, ['ok', 'ok']);
  const { items } = api.list(EVENTS, { namespace: 'default' });
  assert.deepEqual(
    items.map(({ reason, series }) => [reason, series]),
    [['SchedulerEjected', { count: 2, lastObservedTime: '2026-11-21T10:00:00.000000Z' }]],
  );
  await sink.stop();
});

test('an Event is refused as a real server would, and only its series changes', async () => {
  const { api } = await bench();
  await addNamespace(api, 'default');
  const create = (change: object) =>
    api.create(EVENTS, { namespace: 'default', body: { ...EVENT, ...change } }) as Promise<unknown>;
  for (const wrong of [
    { eventTime: '2026-11-21T10:00:00Z' },
    { type: 'Error' },
    { reportingController: 'not a name' },
    { reportingInstance: 'x'.repeat(129) },
    { action: '' },
    { reason: undefined },
    { note: 'é'.repeat(513) },
    { series: { count: 1, lastObservedTime: EVENT.eventTime } },
    { regarding: { ...EVENT.regarding, namespace: 'shop' } },
  ]) {
    assert.equal((await refusal(() => create(wrong))).code, 422, JSON.stringify(wrong));
  }
  assert.equal((await refusal(() => api.create(EVENTS, { namespace: 'shop', body: EVENT }))).code, 422);
  await create({});
  assert.equal((await refusal(() => create({}))).code, 409);
  const patch = (change: object) => api.patch(EVENTS, { namespace: 'default', name: 'node-1.1', patch: change });
  assert.equal((await refusal(() => patch({ note: 'something else' }))).code, 422);
  const series = { count: 2, lastObservedTime: EVENT.eventTime };
  assert.deepEqual(patch({ series })['series'], series);
});
