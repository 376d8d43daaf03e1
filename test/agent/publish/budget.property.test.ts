import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createPublisher } from '../../../agent/publish/publisher.ts';
import { STATUS_WORDS } from '../../../agent/status.ts';
import type { WriteOutcome } from '../../../src/kube/write.ts';
import { TIER_LOAD } from '../../../src/model/keys.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { heard, loadOf, wanted } from './support.ts';

const HOUR_MS = 3_600_000;

type Patch = { readonly at: number; readonly annotations: Readonly<Record<string, string | null>> };

/** What may happen next, and how long after the last thing. */
const step = fc.record({
  waitMs: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 500, max: 3_000 }) },
    fc.integer({ min: 500, max: 40_000 }),
  ),
  word: fc.constantFrom(...STATUS_WORDS),
  reason: fc.option(fc.constantFrom('a', 'b', 'c')),
  pods: fc.nat(5),
  generation: fc.nat(3),
  overwritten: fc.boolean(),
  answer: fc.constantFrom<WriteOutcome>(
    { outcome: 'ok' },
    { outcome: 'ok' },
    { outcome: 'ok' },
    { outcome: 'unavailable', detail: '', retryAfterMs: 0 },
    { outcome: 'conflict', detail: '' },
  ),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A publisher through all of it, over and over until more than an hour has passed. */
async function run(steps: readonly Step[], random: () => number): Promise<readonly Patch[]> {
  const clock = new FakeClock();
  const patches: Patch[] = [];
  let answer: WriteOutcome = { outcome: 'ok' };
  const publisher = createPublisher({
    patch(annotations) {
      patches.push({ at: clock.monotonic(), annotations });
      return Promise.resolve(answer);
    },
    clock,
    random,
    observer: heard(),
  });
  for (let index = 0; clock.monotonic() < 1.2 * HOUR_MS; index += 1) {
    const { waitMs, word, reason, pods, generation, overwritten, answer: next } = steps[index % steps.length] as Step;
    answer = next;
    if (overwritten) publisher.observe({ uid: 'u', own: {} });
    publisher.want(wanted({ status: { word, reason }, generation, load: loadOf(pods) }));
    // Timers and answers take turns, as they do in life.
    for (const end = clock.monotonic() + waitMs + 1; clock.monotonic() < end; ) {
      clock.advance(Math.min(end - clock.monotonic(), clock.pending[0] ?? waitMs) || 1);
      for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
    }
  }
  await publisher.stop();
  return patches;
}

function mostInAnHour(patches: readonly Patch[]): number {
  let most = 0;
  let first = 0;
  patches.forEach(({ at }, last) => {
    while (at - (patches[first] as Patch).at > HOUR_MS) first += 1;
    most = Math.max(most, last - first + 1);
  });
  return most;
}

test('whatever happens, no hour has more than 180 patches, and no second more than one', async () => {
  const churn = fc.array(step, { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(churn, fc.double({ min: 0, max: 0.999, noNaN: true }), async (steps, random) => {
      const patches = await run(steps, () => random);
      assert.ok(mostInAnHour(patches) <= 180, `${mostInAnHour(patches)} patches in an hour`);
      patches.slice(1).forEach((patch, index) => {
        assert.ok(patch.at - (patches[index] as Patch).at >= 1_000 - 1e-6);
      });
      for (const { annotations } of patches) assert.ok(Buffer.byteLength(annotations[TIER_LOAD] ?? '') < 1024);
    }),
    { numRuns: 15 },
  );
});

test('the worst churn there is comes to the bound, so that it is the bound that holds', async () => {
  const flapping = STATUS_WORDS.map((word, pods) => ({
    waitMs: 500,
    word,
    reason: null,
    pods,
    generation: pods,
    overwritten: true,
    answer: { outcome: 'ok' } as const,
  }));
  const most = mostInAnHour(await run(flapping, () => 0));
  assert.ok(most > 175 && most <= 180, `${most}`);
});
