/** Changes by chance, each followed by the invariant: proven enforcing with right layers, or proven stock. */
import { isProtected } from '../../../../src/model/tier.ts';
import { seeded } from '../../../standin/seeded.ts';
import { Deck } from '../guest/chance.ts';
import { ChangingNode } from '../guest/changing-node.ts';
import { Invariant, type Wish } from '../guest/invariant.ts';
import { type LabNode, labNode } from '../guest/node.ts';
import { kernelTruth } from '../guest/truth.ts';
import type { Case, Ctx } from '../runner/case.ts';

/**
 * How many changes, over all guests, and how often a kind that happens to pods is in a deck that has the others once. The
 * stock binary is attached anew for nearly each of them; its short form has each kind once.
 */
const STOCK = { short: 12, long: 200, ofPods: 1 };
const PATCHED = { short: 200, long: 2_000, ofPods: 8 };

interface Scene {
  readonly ctx: Ctx;
  readonly node: LabNode;
  readonly changing: ChangingNode;
  readonly invariant: Invariant;
}

async function changes(ctx: Ctx): Promise<void> {
  const random = seeded(ctx.seed);
  const node = await labNode(ctx);
  const invariant = await Invariant.of(node);
  const changing = new ChangingNode(node, random);
  for (const tier of ['high', 'normal', 'low'] as const) await changing.pods.add(tier);
  await invariant.holds(changing.agent, changing.wish);
  const plan = node.matching === 'members' ? PATCHED : STOCK;
  const cards = Object.entries(changing.acts).flatMap(([kind, { isLive = false, isCut = false }]) =>
    Array.from({ length: isLive && !isCut ? plan.ofPods : 1 }, () => kind),
  );
  const deck = new Deck(cards, random);
  const slowest = { enforcing: 0, stock: 0 };
  let live = 0;
  const count = Math.ceil((ctx.long ? plan.long : plan.short) / ctx.boots);
  for (let done = 0; done < count; ) {
    const kind = deck.draw((one) => changing.can(one));
    if (kind !== null) done++;
    const said = kind === null ? 'a tier is set to High, so that more can happen' : `change ${done}: ${kind}`;
    try {
      const { ms, isLive } = await change({ ctx, node, changing, invariant }, kind, said);
      if (isLive) live++;
      const to = changing.wish.word === 'enforcing' ? 'enforcing' : 'stock';
      slowest[to] = Math.max(slowest[to], ms);
    } catch (error) {
      throw new Error(`seed ${ctx.seed}, ${said}: ${(error as Error).message}`);
    }
  }
  ctx.figure('changes', count, 'changes');
  ctx.figure('of these live: to pods, while there was something to protect', live, 'changes');
  ctx.figure('the slowest change to enforcing', slowest.enforcing, 'ms');
  ctx.figure('the slowest change to stock', slowest.stock, 'ms');
}

interface Changed {
  /** Until all was as it should be. */
  readonly ms: number;
  /** Nothing was to be attached anew for it, and nothing was. */
  readonly isLive: boolean;
}

/** @param kind null for a change after which all kinds are possible */
async function change({ ctx, node, changing, invariant }: Scene, kind: string | null, said: string): Promise<Changed> {
  const { enableSeq } = kernelTruth();
  const before = changing.wish;
  const begun = performance.now();
  // Whatever else is left in hand, with a protected pod and a tier set by hand it is possible.
  await (kind === null ? changing.enable() : changing.happens(kind));
  const { wish, agent } = changing;
  await invariant.holds(agent, wish);
  const ms = Math.round(performance.now() - begun);
  const isAnew = kernelTruth().enableSeq > enableSeq;
  const attached = isAnew ? 'attached anew' : 'not attached anew';
  ctx.log(`${said}: ${wish.word} with ${wish.pods.length} pods after ${ms} ms, ${attached}`);
  const isOfPods = kind === null || changing.acts[kind]?.isLive === true;
  const isLive = node.matching === 'members' && isOfPods && isProtectedThroughout(before, wish);
  if (isAnew && isLive) throw new Error('the scheduler was attached anew for it');
  return { ms, isLive };
}

/** Whether there was something to protect all the time: else it is right to let go in between. */
function isProtectedThroughout(before: Wish, after: Wish): boolean {
  const uids = ({ word, pods }: Wish): string[] =>
    word === 'enforcing' ? pods.filter(({ tier }) => isProtected(tier)).map(({ pod }) => pod.uid) : [];
  return uids(before).some((uid) => uids(after).includes(uid));
}

export const RANDOM: readonly Case[] = [
  {
    name: 'random-changes',
    what: 'pods, tiers, safe mode, deaths, API cuts by chance: after each the node is proven enforcing or proven stock',
    deadlineMs: 14_400_000,
    scheduler: 'stock',
    onRequest: 'random-live-changes has each kind of change, on what the image ships',
    run: changes,
  },
  {
    name: 'random-live-changes',
    what: 'the same on the patched scheduler, which is not attached anew for anything that happens to pods',
    deadlineMs: 14_400_000,
    run: changes,
  },
];
