import assert from 'node:assert/strict';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { cpuOf, WEBHOOKS } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';
import { addWorkers, allSay, NODES, podsOf, statusOf } from './agents.ts';
import { blocksOf, follow, type Said } from './page.ts';

export const INSTALL = 'docs/how-to/install.md';
export const TROUBLESHOOT = 'docs/how-to/troubleshoot.md';
export const SAFE_MODE = 'docs/how-to/safe-mode.md';

/** In the block that gives the service its class. */
const PROTECT = '"priorityClassName":"temper-high"';

const SAID: readonly Said[] = [
  [
    'helm install temper',
    (ctx) => until('each node has nothing to protect', () => allSay(ctx, /^observing: nothing to protect$/)),
  ],
  [PROTECT, (ctx) => until('each node with the service enforces', () => allSay(ctx, /^enforcing$/))],
  [
    'temper-cli check --node worker-1',
    (_ctx, printed) => {
      assert.match(printed, /^sched-ext +pass /m);
      assert.match(printed, /^\{.*"agent.*\}$/m, "a line of the agent's log");
    },
  ],
  ['temper-cli status --node', (_ctx, printed) => assert.match(printed, /worker-1.*enforcing[\s\S]*temper-high/)],
  ['safe-mode-requested=true', (ctx) => until('each node is in safe mode', () => allSay(ctx, /^safe-mode/))],
  ['safe-mode-requested-\n', (ctx) => until('they enforce again', () => allSay(ctx, /^enforcing$/))],
  ['webhook.mode=shadow', async (ctx) => assert.deepEqual(await requests(ctx, 'report'), ['1', '1'])],
  [
    'webhook.mode=enforce',
    async (ctx) => {
      assert.deepEqual(await requests(ctx, 'report'), ['700m', '700m']);
      assert.deepEqual(await requests(ctx, 'web'), ['500m', '500m']);
    },
  ],
  ['helm uninstall temper', nothingLeft],
];

/** What leads to a service that is protected on each node. */
export function untilProtected(): { steps: string[]; said: readonly Said[] } {
  const steps = blocksOf(INSTALL);
  const last = steps.findIndex((one) => one.includes(PROTECT));
  return { steps: steps.slice(0, last + 1), said: SAID.slice(0, 2) };
}

const install: Case = {
  name: 'docs-install',
  what: `the commands of ${INSTALL}, one after the other, with safe mode and the first questions of trouble; after each, what the page says`,
  needsServices: true,
  deadlineMs: 900_000,
  async run(ctx) {
    await addWorkers(ctx);
    // The page sends its reader to safe mode at this point; the first questions are asked of what enforces.
    const others = [...blocksOf(TROUBLESHOOT), ...blocksOf(SAFE_MODE)];
    const steps = blocksOf(INSTALL).flatMap((one) => (one.includes(PROTECT) ? [one, ...others] : [one]));
    await follow(ctx, steps, SAID);
  },
};

const requests = async (ctx: Ctx, app: string): Promise<Array<string | undefined>> =>
  (await podsOf(ctx, 'shop', `app=${app}`)).map(cpuOf);

async function nothingLeft(ctx: Ctx): Promise<void> {
  const { client } = ctx.cluster;
  const classes = await client.list('/apis/scheduling.k8s.io/v1/priorityclasses');
  const names = [...classes, ...(await client.list(WEBHOOKS))].map(({ metadata }) => metadata.name);
  const ours = names.filter((name) => name.startsWith('temper-'));
  assert.deepEqual(ours, []);
  for (const node of NODES) assert.equal(await statusOf(ctx, node), undefined, node);
}

export const INSTALL_CASES: readonly Case[] = [install];
