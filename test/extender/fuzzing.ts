import assert from 'node:assert/strict';
import { seeded } from '../standin/seeded.ts';
import { fixture, fixtureNames } from '../support/fixtures.ts';
import { mutateBody } from '../support/mutate.ts';
import { extenderApp, post } from './app.ts';
import { rig, tierLoad } from './support.ts';

/** Sends mutations of the recorded bodies to a route; each must be answered, below 500, by a document of bounded size. */
export async function fuzz(verb: 'prioritize' | 'filter', bodies: number, seed: number): Promise<Map<number, number>> {
  const random = seeded(seed);
  const seeds = fixtureNames('extender')
    .map((name) => fixture(`extender/${name}`))
    .sort((a, b) => a.length - b.length)
    // Whole nodes are large and slow to mutate: they come, but seldom.
    .flatMap((text) => (text.length < 10_000 ? Array.from({ length: 8 }, () => text) : [text]));
  const rigged = rig({ filter: true });
  for (let node = 0; node < 12; node += 1) rigged.report(`kwok-${String(node).padStart(4, '0')}`, tierLoad());
  const failures: unknown[] = [];
  const app = extenderApp(rigged, (error) => failures.push(error));
  const statuses = new Map<number, number>();
  for (let count = 0; count < bodies; count += 1) {
    const body = mutateBody(seeds[Math.floor(random() * seeds.length)] ?? '', random);
    const { status, text } = await post(app, verb, body);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    assert.ok(status < 500, `${verb} body ${count} of seed ${seed}: ${status} ${failures.at(-1)}`);
    assert.doesNotThrow(() => JSON.parse(text), `${verb} body ${count} of seed ${seed}`);
    assert.ok(
      text.length <= 3 * body.length + 4096,
      `${verb} body ${count} of seed ${seed}: ${text.length} characters`,
    );
    rigged.clock.advance(10);
  }
  const faults = rigged.logged.filter(({ msg }) => String(msg).startsWith('TMP2013'));
  assert.deepEqual(faults, [], 'no fault of ours was caught and answered harmlessly');
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  return statuses;
}
