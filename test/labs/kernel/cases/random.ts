/** Changes by chance, each followed by the invariant: proven enforcing with right layers, or proven stock. */
import { isProtected } from '../../../../src/model/tier.ts';
import { seeded } from '../../../standin/seeded.ts';
import { Deck } from '../guest/chance.ts';
import { ChangingNode } from '../guest/changing-node.ts';
import { Invariant, type Wish } from '../guest/invariant.ts';
import { type LabNode, labNode } from '../guest/node.ts';
import { kernelTruth } from '../guest/truth.ts';
import type { Case, Ctx } from '../runner/case.ts';

const LONG = 200;

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
  const kinds = Object.keys(changing.acts);
  const deck = new Deck(kinds, random);
  const slowest = { enforcing: 0, stock: 0 };
  // The short form has each kind once.
  const count = ctx.long ? LONG : kinds.length;
  for (let done = 0; done < count; ) {
    const kind = deck.draw((one) => changing.acts[one]?.can() ?? false);
    if (kind !== null) done++;
    const said = kind === null ? 'a tier is set to High, so that more can happen' : `change ${done}: ${kind}`;
    try {
      const ms = await change({ ctx, node, changing, invariant }, kind, said);
      const to = changing.wish.word === 'enforcing' ? 'enforcing' : 'stock';
      slowest[to] = Math.max(slowest[to], ms);
    } catch (error) {
      throw new Error(`seed ${ctx.seed}, ${said}: ${(error as Error).message}`);
    }
  }
  ctx.figure('the slowest change to enforcing', slowest.enforcing, 'ms');
  ctx.figure('the slowest change to stock', slowest.stock, 'ms');
}

/** @param kind null for a change after which all kinds are possible @returns milliseconds until all was as it should be */
async function change({ ctx, node, changing, invariant }: Scene, kind: string | null, said: string): Promise<number> {
  const { enableSeq } = kernelTruth();
  const before = changing.wish;
  const begun = performance.now();
  // Whatever else is left in hand, with a protected pod and a tier set by hand it is possible.
  await (kind === null ? changing.enable() : changing.acts[kind]?.do());
  const { wish, agent } = changing;
  await invariant.holds(agent, wish);
  const took = Math.round(performance.now() - begun);
  const isAnew = kernelTruth().enableSeq > enableSeq;
  const attached = isAnew ? 'attached anew' : 'not attached anew';
  ctx.log(`${said}: ${wish.word} with ${wish.pods.length} pods after ${took} ms, ${attached}`);
  const isLive = node.matching === 'members' && (kind === null || changing.acts[kind]?.isLive === true);
  if (isAnew && isLive && isProtectedThroughout(before, wish))
    throw new Error('the scheduler was attached anew for it');
  return took;
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
    run: changes,
  },
  {
    name: 'random-live-changes',
    what: 'the same on the patched scheduler, which is not attached anew for anything that happens to pods',
    deadlineMs: 14_400_000,
    scheduler: 'patched',
    run: changes,
  },
];
