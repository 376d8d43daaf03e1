/** What must not be taken, and must not change anything. */
import assert from 'node:assert/strict';
import { rmdirSync } from 'node:fs';
import { ask, type Change, change, members } from '../../guest/members.ts';
import type { Ctx } from '../../runner/case.ts';
import { round } from './moves.ts';
import { CAPACITY, place } from './scene.ts';

const NOT_UNDERSTOOD: ReadonlyArray<readonly [target: string, args: Readonly<Record<string, string>>]> = [
  ['members', { changes: '' }],
  ['members', { changes: '{}' }],
  ['members', { changes: `[${'0,'.repeat(20_000)}0]` }],
  ['members', { change: '[]' }],
  ['threads', {}],
  ['threads', { tids: '["1"]' }],
  ['nothing', {}],
];

export async function refused(): Promise<void> {
  const before = await members();
  for (const [target, args] of NOT_UNDERSTOOD) {
    const { errno } = await ask(target, args);
    assert.equal(errno, 22, `${target} ${JSON.stringify(args).slice(0, 60)}`);
  }
  const here = place('pods.slice/refused.slice');
  const gone = place('pods.slice/soon-gone.slice');
  rmdirSync(gone.path);
  const changes = [
    { cgroup: here.id, layer: 'Other' },
    { cgroup: `${here.id}x`, layer: 'other' },
    { cgroup: '1', layer: 'other' },
    { cgroup: '18446744073709551616', layer: 'other' },
    { cgroup: gone.id, layer: 'other' },
    { cgroup: Number(here.id), layer: 'other' },
  ];
  const { applied, refused } = await change(changes as readonly Change[]);
  assert.equal(applied, 0);
  assert.deepEqual(
    refused.map(({ change, why }) => [change, why]),
    [
      [0, 'unknown-layer'],
      [1, 'malformed'],
      [2, 'malformed'],
      [3, 'malformed'],
      [4, 'no-cgroup'],
      [5, 'malformed'],
    ],
  );
  assert.deepEqual(await members(), before);
}

/** What has a place keeps it, and may still change. The batch that fills the table tells what a batch costs. */
export async function full(ctx: Ctx): Promise<void> {
  const before = (await members()).members.length;
  const places = Array.from({ length: CAPACITY + 2 }, (_, at) => place(`pods.slice/many.slice/${at}.slice`));
  const begun = performance.now();
  const outcome = await change(places.map(({ id }) => ({ cgroup: id, layer: 'other' })));
  ctx.figure(`a request with ${places.length} changes`, round(performance.now() - begun), 'ms');
  assert.equal(outcome.applied, CAPACITY - before);
  assert.equal(outcome.refused.length, places.length - outcome.applied);
  for (const refusal of outcome.refused) {
    assert.deepEqual(
      { ...refusal, change: 0 },
      { change: 0, why: 'table-full', entries: CAPACITY, capacity: CAPACITY },
    );
  }
  const [first, last] = [places[0]?.id ?? '', places.at(-1)?.id ?? ''];
  const alone = performance.now();
  await change([{ cgroup: first, layer: 'other' }]);
  ctx.figure('a request with one', round(performance.now() - alone), 'ms');
  const again = await change([
    { cgroup: first, layer: 'crowd' },
    { cgroup: last, layer: 'other' },
    { cgroup: first, layer: null },
    { cgroup: last, layer: 'other' },
  ]);
  assert.equal(again.applied, 3, 'one that has a place, its end, and who takes the place');
  assert.equal((await members()).members.length, CAPACITY);
  const deleted = await change(places.map(({ id }) => ({ cgroup: id, layer: null })));
  assert.equal(deleted.applied, places.length);
  assert.equal((await members()).members.length, before);
}
