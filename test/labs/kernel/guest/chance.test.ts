import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../../../standin/seeded.ts';
import { Deck } from './chance.ts';

const KINDS = ['a', 'b', 'c', 'd'];

function rounds(seed: number, count: number, can: (kind: string) => boolean = () => true): Array<string | null> {
  const deck = new Deck(KINDS, seeded(seed));
  return Array.from({ length: count }, () => deck.draw(can));
}

test('each kind once a round, in an order that is the seed’s', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const drawn = rounds(seed, 8);
    assert.deepEqual(drawn.slice(0, 4).sort(), KINDS);
    assert.deepEqual(drawn.slice(4).sort(), KINDS);
    assert.deepEqual(rounds(seed, 8), drawn);
  }
  assert.ok(new Set(Array.from({ length: 20 }, (_, seed) => rounds(seed, 4).join())).size > 5);
});

test('what is there twice comes twice a round', () => {
  const deck = new Deck(['a', 'b', 'b'], seeded(3));
  for (let round = 1; round <= 5; round++) {
    assert.deepEqual(Array.from({ length: 3 }, () => deck.draw(() => true)).sort(), ['a', 'b', 'b']);
  }
});

test('what is not possible waits for its turn and is not skipped', () => {
  const deck = new Deck(KINDS, seeded(1));
  const first = Array.from({ length: 3 }, () => deck.draw((kind) => kind !== 'c'));
  assert.deepEqual(first.sort(), ['a', 'b', 'd']);
  assert.equal(
    deck.draw((kind) => kind !== 'c'),
    null,
  );
  assert.equal(
    deck.draw(() => true),
    'c',
  );
});
