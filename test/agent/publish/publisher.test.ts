import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPublisher } from '../../../agent/publish/publisher.ts';
import { PATCH_BUDGET } from '../../../agent/publish/state.ts';
import type { WriteOutcome } from '../../../src/kube/write.ts';
import { AGENT_STATUS } from '../../../src/model/keys.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { heard, loadOf, turns, UNAVAILABLE, wanted } from './support.ts';

/** A publisher whose patches wait for the test to answer them. */
function setUp() {
  const clock = new FakeClock();
  const observer = heard();
  const sent: Array<{
    readonly annotations: Readonly<Record<string, string | null>>;
    answer(outcome: WriteOutcome): void;
  }> = [];
  const publisher = createPublisher({
    patch: (annotations) => new Promise((resolve) => sent.push({ annotations, answer: resolve })),
    clock,
    random: () => 0,
    observer,
  });
  const answer = async (outcome: WriteOutcome = { outcome: 'ok' }) => {
    sent.at(-1)?.answer(outcome);
    await turns();
  };
  return { clock, observer, sent, publisher, answer };
}

const status = (word: 'enforcing' | 'degraded' | 'safe-mode', reason: string | null = null) =>
  wanted({ status: { word, reason } });

test('one patch at a time; what came meanwhile is one patch with the newest of all', async () => {
  const { clock, sent, publisher, answer } = setUp();
  publisher.want(status('enforcing'));
  publisher.want(status('degraded'));
  publisher.want(status('safe-mode', 'asked'));
  clock.advance(9_000);
  assert.equal(sent.length, 1);
  await answer();
  assert.deepEqual(
    sent.map(({ annotations }) => annotations[AGENT_STATUS]),
    ['enforcing', 'safe-mode: asked'],
  );
  await answer();
  clock.advance(200_000);
  assert.equal(sent.length, 2);
});

test('API away: tried again at a bearable pace, and then the newest value alone', async () => {
  const { clock, sent, publisher, answer, observer } = setUp();
  publisher.want(status('enforcing'));
  await answer();
  for (let minute = 0; minute < 30; minute += 1) {
    publisher.want({ ...status('enforcing'), load: loadOf(minute) });
    for (let second = 0; second < 60; second += 1) {
      clock.advance(1_000);
      await answer(UNAVAILABLE);
    }
  }
  const tries = sent.length;
  assert.ok(tries >= 15 && tries <= 70, `${tries} tries in half an hour`);
  clock.advance(120_000);
  await answer();
  assert.equal(observer.patches.filter((patch) => patch === 'ok load').length, 1);
  assert.ok(JSON.stringify(sent.at(-1)?.annotations).includes('2900'), 'the load of the last minute');
  assert.deepEqual(observer.problems, [], 'it passes by itself');
});

test('429: nothing is sent before the time that the server asked for', async () => {
  const { clock, sent, publisher, answer } = setUp();
  publisher.want(status('enforcing'));
  await answer({ outcome: 'unavailable', detail: '429', retryAfterMs: 50_000 });
  publisher.want(status('safe-mode'));
  clock.advance(50_000);
  assert.equal(sent.length, 1);
  clock.advance(2_000);
  assert.equal(sent.length, 2);
});

test('a refusal is told once, tried again slowly, and its end is told', async () => {
  const { clock, sent, publisher, answer, observer } = setUp();
  publisher.want(status('enforcing'));
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await answer({ outcome: 'forbidden', detail: '403 no' });
    assert.equal(sent.length, attempt + 1);
    clock.advance(60_000);
  }
  await answer();
  assert.deepEqual(observer.problems, ['TMP3153', 'recovered']);
});

test('a Node made anew under the same name gets all of it again', async () => {
  const { clock, sent, publisher, answer } = setUp();
  publisher.observe({ uid: 'one', own: {} });
  publisher.want(status('enforcing'));
  await answer();
  clock.advance(5_000);
  publisher.observe({ uid: 'two', own: {} });
  assert.equal(sent.length, 2);
  assert.deepEqual(Object.keys(sent[1]?.annotations ?? {}).sort(), Object.keys(sent[0]?.annotations ?? {}).sort());
});

test('a Node made anew while a patch is under way gets another one', async () => {
  const { clock, sent, publisher, answer } = setUp();
  publisher.observe({ uid: 'one', own: {} });
  publisher.want(status('enforcing'));
  publisher.observe({ uid: 'two', own: {} });
  await answer();
  clock.advance(1_000);
  assert.equal(sent.length, 2);
});

test('flush writes what waits for its turn; stop ends everything', async () => {
  const { clock, sent, publisher, answer } = setUp();
  publisher.want(status('enforcing'));
  await answer();
  publisher.want({ ...status('enforcing'), load: loadOf(7) });
  assert.equal(sent.length, 1);
  const flushed = publisher.flush();
  await turns();
  assert.equal(sent.length, 2);
  await answer();
  assert.equal(await flushed, true);
  assert.equal(await publisher.flush(), true, 'nothing is left to write');
  await publisher.stop();
  publisher.want(status('degraded'));
  assert.equal(await publisher.flush(), false);
  clock.advance(1e7);
  assert.deepEqual([sent.length, clock.pending], [2, []]);
});

test('last words are written though the budget is used up, once', async () => {
  const { sent, publisher, answer } = setUp();
  for (let count = 0; count < PATCH_BUDGET.burst; count += 1) {
    publisher.want(status('enforcing', String(count)));
    const flushed = publisher.flush();
    await turns();
    await answer();
    assert.equal(await flushed, true);
  }
  publisher.want(status('degraded'));
  assert.equal(await publisher.flush(), false, 'nothing is left for who only asks');
  const said = publisher.flush('last');
  await turns();
  await answer();
  assert.equal(await said, true);
  assert.equal(sent.at(-1)?.annotations[AGENT_STATUS], 'degraded');
  publisher.want(status('safe-mode'));
  assert.equal(await publisher.flush('last'), false, 'nothing comes after last words');
});

test('flush says that it is not written: refused, or the server asked to wait', async () => {
  const { clock, sent, publisher, answer } = setUp();
  assert.equal(await publisher.flush(), false, 'nothing was wanted yet');
  publisher.want(status('enforcing'));
  await answer();
  publisher.want({ ...status('enforcing'), qosOverrides: '{"a":"high"}' });
  const refused = publisher.flush();
  await turns();
  await answer({ outcome: 'unavailable', detail: '429', retryAfterMs: 60_000 });
  assert.equal(await refused, false);
  assert.equal(await publisher.flush(), false);
  assert.equal(sent.length, 2, 'flush does not push through a 429');
  clock.advance(62_000);
  await answer();
  assert.equal(await publisher.flush(), true, 'it followed by itself');
});

test('flush waits for what is under way, and does not take its success for its own', async () => {
  const { sent, publisher, answer } = setUp();
  publisher.want(status('enforcing'));
  publisher.want({ ...status('enforcing'), qosOverrides: '{"a":"high"}' });
  const flushed = publisher.flush();
  await answer();
  assert.equal(sent.length, 2);
  await answer(UNAVAILABLE);
  assert.equal(await flushed, false);
});

test('what is written of overrides is known, whatever else is not written yet', async () => {
  const { publisher, answer } = setUp();
  assert.equal(publisher.qosOverrides, undefined);
  publisher.want({ ...status('enforcing'), qosOverrides: '{"a":"high"}' });
  const flushed = publisher.flush();
  publisher.want({ ...status('degraded'), qosOverrides: '{"a":"high"}' });
  await answer();
  await answer(UNAVAILABLE);
  assert.equal(await flushed, false);
  assert.equal(publisher.qosOverrides, '{"a":"high"}');
});

test('heartbeats: at least once in each period, early by a random part', async () => {
  const { clock, sent, publisher, answer, observer } = setUp();
  publisher.want(status('enforcing'));
  await answer();
  for (let second = 0; second < 3_600; second += 1) {
    clock.advance(1_000);
    if (observer.patches.length < sent.length) await answer();
  }
  assert.equal(observer.patches.filter((patch) => patch === 'ok heartbeat').length, 12);
});

test('when it was last written is known', async () => {
  const { clock, publisher, answer } = setUp();
  assert.equal(publisher.lastWrittenAt, null);
  const begun = clock.now();
  publisher.want(status('enforcing'));
  await answer();
  assert.equal(publisher.lastWrittenAt, begun);
});
