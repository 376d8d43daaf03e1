/** Changes by chance, each followed by the invariant: proven enforcing with right layers, or proven stock. */
import { seeded } from '../../../standin/seeded.ts';
import { Deck } from '../guest/chance.ts';
import { ChangingNode } from '../guest/changing-node.ts';
import { Invariant } from '../guest/invariant.ts';
import { labNode } from '../guest/node.ts';
import { kernelTruth } from '../guest/truth.ts';
import type { Case, Ctx } from '../runner/case.ts';

const LONG = 200;

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
    const { enableSeq } = kernelTruth();
    const begun = performance.now();
    // Whatever else is left in hand, with a protected pod and a tier set by hand it is possible.
    await (kind === null ? changing.enable() : changing.acts[kind]?.do());
    const { wish, agent } = changing;
    const said = kind === null ? 'a tier is set to High, so that more can happen' : `change ${done}: ${kind}`;
    try {
      await invariant.holds(agent, wish);
    } catch (error) {
      throw new Error(`seed ${ctx.seed}, ${said}: ${(error as Error).message}`);
    }
    const took = Math.round(performance.now() - begun);
    const to = wish.word === 'enforcing' ? 'enforcing' : 'stock';
    slowest[to] = Math.max(slowest[to], took);
    const attaches = kernelTruth().enableSeq > enableSeq ? 'attached anew' : 'not attached anew';
    ctx.log(`${said}: ${wish.word} with ${wish.pods.length} pods after ${took} ms, ${attaches}`);
  }
  ctx.figure('the slowest change to enforcing', slowest.enforcing, 'ms');
  ctx.figure('the slowest change to stock', slowest.stock, 'ms');
}

export const RANDOM: readonly Case[] = [
  {
    name: 'random-changes',
    what: 'pods, tiers, safe mode, deaths, API cuts by chance: after each the node is proven enforcing or proven stock',
    deadlineMs: 14_400_000,
    run: changes,
  },
];
