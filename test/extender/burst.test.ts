// A burst of pods that are alike must spread as if each had been bound and reported before the next.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tier } from '../../src/model/tier.ts';
import { seeded } from '../standin/seeded.ts';
import { NOW, type PodParts, type Rig, rig, tierLoad } from './support.ts';

const PODS = 500;

/** 40 nodes of three sizes with uneven load, room for all pods of the burst. */
const FLEET = Array.from({ length: 40 }, (_, index) => ({
  name: `node-${index}`,
  cores: [32, 48, 64][index % 3] ?? 32,
  requests: {
    critical: (index % 4) * 500,
    high: (index % 5) * 800,
    normal: (index % 7) * 300,
    low: (index % 2) * 2000,
  },
}));

type TieBreak = (names: readonly string[]) => string;

const random = seeded(7);
const TIE_BREAKS: Readonly<Record<string, TieBreak>> = {
  first: (names) => names[0] ?? '',
  last: (names) => names.at(-1) ?? '',
  random: (names) => names[Math.floor(random() * names.length)] ?? '',
};

/** How the cluster learns of a placement; called after each pod with all placements so far. */
type Confirm = (rigged: Rig, placed: ReadonlyArray<{ readonly pod: PodParts; readonly node: string }>) => void;

const never: Confirm = ({ clock }) => clock.advance(9);

/** The watch is two hundred pods behind. */
const late: Confirm = (rigged, placed) => {
  rigged.clock.advance(9);
  const behind = placed.at(-200);
  if (behind !== undefined) rigged.show({ ...behind.pod, node: behind.node, boundAt: rigged.clock.now() - 1800 });
};

const atOnce: Confirm = (rigged, placed) => {
  rigged.clock.advance(9);
  const last = placed.at(-1);
  if (last !== undefined) rigged.show({ ...last.pod, node: last.node, boundAt: rigged.clock.now() });
};

/** One by one: bound, and reported by the node's agent, before the next is asked for. */
function oneByOne(tier: Tier, milli: number): Confirm {
  return (rigged, placed) => {
    const last = placed.at(-1);
    if (last === undefined) return;
    rigged.show({ ...last.pod, node: last.node, boundAt: rigged.clock.now() });
    rigged.clock.advance(6000);
    for (const { name, cores, requests } of FLEET) {
      const count = placed.filter(({ node }) => node === name).length;
      const before: Partial<Record<Tier, number>> = requests;
      const now = { ...requests, [tier]: (before[tier] ?? 0) + count * milli };
      rigged.report(name, tierLoad({ at: rigged.clock.now(), cores, requests: now }));
    }
  };
}

/** Places the burst; how many pods each node got, smallest first. */
function burst(tier: Tier, milli: number, tieBreak: TieBreak, confirm: Confirm): number[] {
  const rigged = rig();
  for (const { name, cores, requests } of FLEET) rigged.report(name, tierLoad({ at: NOW, cores, requests }));
  const placed: Array<{ pod: PodParts; node: string }> = [];
  const free = new Map(FLEET.map(({ name, cores, requests }) => [name, cores * 1000 - sum(requests)]));
  for (let index = 0; index < PODS; index += 1) {
    const pod = { uid: `uid-${index}`, tier, cpu: `${milli}m` };
    // As NodeResourcesFit: only nodes on which the pod fits are offered.
    const scores = rigged.ask(
      pod,
      [...free].filter(([, left]) => left >= milli).map(([name]) => name),
    );
    const top = Math.max(...scores.values());
    const node = tieBreak([...scores].filter(([, score]) => score === top).map(([name]) => name));
    free.set(node, (free.get(node) ?? 0) - milli);
    placed.push({ pod, node });
    confirm(rigged, placed);
  }
  return FLEET.map(({ name }) => placed.filter(({ node }) => node === name).length).sort((a, b) => a - b);
}

const sum = (requests: Readonly<Record<string, number>>): number => Object.values(requests).reduce((a, b) => a + b, 0);

for (const [tier, milli] of [
  ['critical', 1000],
  ['high', 700],
  ['normal', 500],
  ['low', 900],
] as const) {
  test(`500 ${tier} pods in a burst spread as they would one by one`, () => {
    const expected = burst(tier, milli, TIE_BREAKS['first'] ?? (() => ''), oneByOne(tier, milli));
    assert.equal(
      expected.reduce((a, b) => a + b, 0),
      PODS,
    );
    for (const [how, tieBreak] of Object.entries(TIE_BREAKS)) {
      for (const [when, confirm] of Object.entries({ never, late, atOnce })) {
        const got = burst(tier, milli, tieBreak, confirm);
        const apart = got.map((count, index) => Math.abs(count - (expected[index] ?? 0)));
        assert.ok(
          Math.max(...apart) <= 1,
          `${how}, confirmed ${when}: ${got.join(' ')} instead of ${expected.join(' ')}`,
        );
      }
    }
  });
}

test('without reservations the burst would pile up: what the others of this file are about', () => {
  const rigged = rig();
  for (const { name, cores, requests } of FLEET) rigged.report(name, tierLoad({ cores, requests }));
  const chosen = new Set<string>();
  for (let index = 0; index < 100; index += 1) {
    const uid = `uid-${index}`;
    const scores = rigged.ask(
      { uid, tier: 'critical', cpu: '1' },
      FLEET.map(({ name }) => name),
    );
    const top = Math.max(...scores.values());
    chosen.add([...scores].find(([, score]) => score === top)?.[0] ?? '');
    // Deleted before it was bound: its reservation goes, and the next pod sees the same nodes.
    rigged.show({ uid });
    rigged.pods.delete(`shop/pod-${uid}`);
  }
  assert.ok(chosen.size <= 2, `${chosen.size} nodes`);
});
