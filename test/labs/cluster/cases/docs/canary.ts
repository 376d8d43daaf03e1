import assert from 'node:assert/strict';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { until } from '../../../../support/embedded.ts';
import { addWorkers, allSay, NODES, podsOf } from './agents.ts';
import { untilProtected } from './install.ts';
import { blocksOf, follow, type Said } from './page.ts';

export const CANARY = 'docs/how-to/canary-and-rollback.md';
const [FIRST = '', SECOND = ''] = NODES;

/** Tags of the agents that run on a node; during an upgrade two. */
async function tagsOn(ctx: Ctx, node: string): Promise<string[]> {
  const agents = await podsOf(ctx, 'temper', 'app.kubernetes.io/component=agent');
  const there = agents.filter(({ spec }) => spec.nodeName === node);
  return there.map(({ spec }) => spec.containers[0]?.image?.split(':').at(-1) ?? '');
}

const agentsAre = async (ctx: Ctx, first: string, second: string): Promise<void> => {
  assert.deepEqual([await tagsOn(ctx, FIRST), await tagsOn(ctx, SECOND)], [[first], [second]]);
};
const enforce = (ctx: Ctx): Promise<void> => until('all enforce', () => allSay(ctx, /^enforcing$/));

const SAID: readonly Said[] = [
  [
    'agent.canary.enabled=true',
    async (ctx) => {
      await enforce(ctx);
      const channel = async (name: string): Promise<Array<string | undefined>> =>
        (await podsOf(ctx, 'temper', `temper.codes/channel=${name}`)).map(({ spec }) => spec.nodeName);
      assert.deepEqual([await channel('canary'), await channel('stable')], [[FIRST], [SECOND]]);
    },
  ],
  [
    'export NEW_TAG',
    async (ctx) => {
      await agentsAre(ctx, '0.2.0', '0.1.0');
      await enforce(ctx);
    },
  ],
  [
    'agent.image.tag=$NEW_TAG',
    async (ctx) => {
      await agentsAre(ctx, '0.2.0', '0.2.0');
      await enforce(ctx);
    },
  ],
  [
    'annotate namespace temper temper.codes/safe-mode-requested=true',
    (ctx) => until('all are in safe mode', () => allSay(ctx, /^safe-mode/)),
  ],
  [
    'helm rollback temper',
    async (ctx) => {
      await agentsAre(ctx, '0.1.0', '0.1.0');
      assert.ok(await allSay(ctx, /^safe-mode/));
    },
  ],
  [
    'annotate node worker-1',
    async (ctx) => {
      await until('the first one enforces', () => allSay(ctx, /^enforcing$/, [FIRST]));
      assert.ok(await allSay(ctx, /^safe-mode/, [SECOND]));
    },
  ],
  ['kubectl annotate node --all temper.codes/safe-mode-requested-', enforce],
];

const canary: Case = {
  name: 'docs-canary',
  what: `the commands of ${CANARY}: a canary, its promotion, and back in the order of the runbook`,
  needsServices: true,
  onRequest: 'it takes two minutes, and the other page has its way',
  deadlineMs: 900_000,
  async run(ctx) {
    await addWorkers(ctx);
    const { steps, said } = untilProtected();
    await follow(ctx, [...steps, ...blocksOf(CANARY)], [...said, ...SAID]);
  },
};

export const CANARY_CASES: readonly Case[] = [canary];
