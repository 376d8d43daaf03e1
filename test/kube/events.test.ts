import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventBook, type EventNote } from '../../src/kube/event-book.ts';
import { createEventSink, type EventOutcome } from '../../src/kube/events.ts';
import type { WriteOutcome, WriteRequest } from '../../src/kube/write.ts';
import { FakeClock } from '../support/fake-clock.ts';

const NODE = { apiVersion: 'v1', kind: 'Node', name: 'node-1', namespace: '', uid: 'uid-1' };
const OK: WriteOutcome = { outcome: 'ok' };
const AWAY: WriteOutcome = { outcome: 'unavailable', detail: '', retryAfterMs: 0 };

const ejected: EventNote = { type: 'Warning', reason: 'SchedulerEjected', action: 'Enforce', note: 'stalled' };
const note = (text: string): EventNote => ({ ...ejected, note: text });

function setUp(answers: (request: WriteRequest) => WriteOutcome | Promise<WriteOutcome> = () => OK) {
  const clock = new FakeClock();
  const requests: Array<WriteRequest & { readonly at: number }> = [];
  const outcomes: EventOutcome[] = [];
  const sink = createEventSink({
    writer: {
      write(request) {
        requests.push({ ...request, at: clock.monotonic() });
        return Promise.resolve(answers(request));
      },
    },
    clock,
    random: () => 0.5,
    subject: () => NODE,
    reporter: { controller: 'temper.codes/agent', instance: 'agent-x' },
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  const bodies = () => requests.map(({ body }) => JSON.parse(body));
  return { clock, requests, outcomes, sink, bodies };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** Lets time pass as it does: timers and answers take turns. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (const end = clock.monotonic() + ms; clock.monotonic() < end; ) {
    clock.advance(Math.min(end - clock.monotonic(), 5_000));
    await turns();
  }
}

test('an event is created at once, as events.k8s.io/v1 wants it', async () => {
  const { requests, sink, bodies } = setUp();
  sink.emit(ejected);
  await turns();
  assert.deepEqual(
    [requests[0]?.method, requests[0]?.path],
    ['POST', '/apis/events.k8s.io/v1/namespaces/default/events'],
  );
  const { metadata, ...rest } = bodies()[0];
  assert.match(metadata.name, /^node-1\.[0-9a-f]{10}\.[0-9a-f]+$/);
  assert.deepEqual(rest, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    eventTime: '2026-11-21T10:00:00.000000Z',
    reportingController: 'temper.codes/agent',
    reportingInstance: 'agent-x',
    action: 'Enforce',
    reason: 'SchedulerEjected',
    regarding: { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: 'uid-1' },
    note: 'stalled',
    type: 'Warning',
  });
});

test('the same again within ten minutes counts up the same event; later it is a new one', async () => {
  const { clock, requests, sink, bodies } = setUp();
  for (let again = 0; again < 4; again += 1) {
    sink.emit(ejected);
    await pass(clock, 100_000);
  }
  assert.deepEqual(
    requests.map(({ method }) => method),
    ['POST', 'PATCH'],
  );
  assert.deepEqual(bodies()[1], { series: { count: 4, lastObservedTime: '2026-11-21T10:05:00.000000Z' } });
  assert.equal(requests[1]?.path.split('/').at(-1), bodies()[0].metadata.name);
  assert.equal(requests[1]?.contentType, 'application/merge-patch+json');
  await pass(clock, 700_000);
  sink.emit(ejected);
  await turns();
  assert.deepEqual(
    requests.map(({ method }) => method),
    ['POST', 'PATCH', 'POST'],
  );
  assert.notEqual(bodies()[2].metadata.name, bodies()[0].metadata.name);
});

test('other notes are other events, also when they come in the same millisecond', async () => {
  const { sink, bodies } = setUp();
  sink.emit(note('a'));
  sink.emit(note('b'));
  await turns();
  assert.deepEqual(
    bodies().map(({ note }) => note),
    ['a', 'b'],
  );
  assert.equal(new Set(bodies().map(({ metadata }) => metadata.name)).size, 2);
});

test('a storm of events: at most 60 requests an hour, in memory for 32, and what is lost is counted', async () => {
  const { clock, requests, outcomes, sink } = setUp();
  for (let second = 0; second < 3_600; second += 5) {
    for (let each = 0; each < 5; each += 1) sink.emit(note(`${second} ${each}`));
    await pass(clock, 5_000);
  }
  assert.ok(requests.length <= 60 && requests.length > 50, `${requests.length} requests`);
  const waiting = 3_600 - requests.length - outcomes.filter((outcome) => outcome === 'dropped').length;
  assert.ok(waiting > 25 && waiting <= 32, `${waiting} wait`);
});

test('API away: one request at a time, tried again, and the count that was reached comes with it', async () => {
  let isAway = true;
  const { clock, requests, sink, bodies } = setUp(() => (isAway ? AWAY : OK));
  sink.emit(ejected);
  await pass(clock, 60_000);
  sink.emit(ejected);
  await pass(clock, 60_000);
  const tries = requests.length;
  assert.ok(tries >= 4 && tries <= 12, `${tries} tries`);
  isAway = false;
  await pass(clock, 120_000);
  assert.equal(requests.length, tries + 1);
  const last = bodies().at(-1);
  assert.deepEqual([last.metadata.name, last.series.count], [bodies()[0].metadata.name, 2]);
});

test('what could not be written for an hour is dropped', async () => {
  let isAway = true;
  const { clock, outcomes, requests, sink } = setUp(() => (isAway ? AWAY : OK));
  sink.emit(ejected);
  await pass(clock, 3_700_000);
  isAway = false;
  const before = requests.length;
  await pass(clock, 600_000);
  assert.deepEqual([outcomes.at(-1), requests.length], ['dropped', before]);
});

const answers: ReadonlyArray<readonly [what: string, answer: WriteOutcome, requests: number]> = [
  ['a server without events', { outcome: 'gone', detail: '' }, 1],
  ['not valid', { outcome: 'rejected', detail: '' }, 1],
  ['there already, from a try whose answer was lost', { outcome: 'conflict', detail: '' }, 1],
];
for (const [what, answer, count] of answers) {
  test(`${what}: not tried again`, async () => {
    const { clock, requests, sink } = setUp(() => answer);
    sink.emit(ejected);
    await pass(clock, 1_000_000);
    assert.equal(requests.length, count);
  });
}

test('no right to: tried again while the API server may be beginning, then dropped, and so is the next at once', async () => {
  let isRefused = true;
  const { clock, requests, outcomes, sink } = setUp(() => (isRefused ? { outcome: 'forbidden', detail: '' } : OK));
  sink.emit(ejected);
  await pass(clock, 1_000_000);
  assert.equal(requests.length, 5);
  sink.emit(note('a'));
  await pass(clock, 1_000_000);
  assert.equal(requests.length, 6);
  isRefused = false;
  sink.emit(note('b'));
  await pass(clock, 1_000_000);
  isRefused = true;
  sink.emit(note('c'));
  await turns();
  isRefused = false;
  await pass(clock, 1_000_000);
  assert.deepEqual(outcomes.slice(-3), ['ok', 'forbidden', 'ok']);
});

test('an event that the server has forgotten is created again, with its count', async () => {
  const { clock, requests, sink, bodies } = setUp(({ method }) =>
    method === 'PATCH' ? { outcome: 'gone', detail: '' } : OK,
  );
  sink.emit(ejected);
  await turns();
  sink.emit(ejected);
  await pass(clock, 300_000);
  assert.deepEqual(
    requests.map(({ method }) => method),
    ['POST', 'PATCH', 'POST'],
  );
  assert.equal(bodies()[2].series.count, 2);
});

test('what repeats itself does not keep what is new from being written', async () => {
  const { clock, sink, bodies } = setUp();
  sink.emit(ejected);
  for (let second = 0; second < 1_200; second += 1) {
    sink.emit(ejected);
    await pass(clock, 1_000);
  }
  sink.emit(note('new'));
  await turns();
  assert.equal(bodies().at(-1).note, 'new');
});

test('emit never waits, and stop ends everything', async () => {
  const { clock, requests, sink } = setUp(() => AWAY);
  sink.emit(ejected);
  await turns();
  await sink.stop();
  sink.emit(note('late'));
  await pass(clock, 1_000_000);
  assert.deepEqual([requests.length, clock.pending], [1, []]);
});

test('long texts are cut where the API server would refuse them, between characters', async () => {
  const { sink, bodies } = setUp();
  sink.emit(note(`${'x'.repeat(1023)}ü`));
  await turns();
  assert.equal(bodies()[0].note, 'x'.repeat(1023));
});

test('a full book makes room by what is written already', () => {
  const book = new EventBook({ sameForMs: 100, repeatMs: 10, capacity: 2 });
  const at = (ms: number) => ({ wall: ms, monotonic: ms });
  book.add(note('a'), at(0));
  const a = book.next();
  assert.ok(a !== null);
  book.add(note('b'), at(1));
  book.wrote(a.entry, 'name', 2);
  assert.equal(book.add(note('c'), at(3)), null, 'a was written: nothing is lost');
  assert.equal(book.add(note('d'), at(4))?.event.note, 'b');
  book.add(note('a'), at(5));
  book.wrote(a.entry, 'late', 6);
  assert.deepEqual(
    [book.size, book.next()?.entry.name],
    [2, null],
    'an answer about the a that was counts for no other',
  );
  book.wrote(book.next()?.entry ?? a.entry, 'name', 7);
  assert.equal(book.next()?.entry.event.note, 'a');
});
