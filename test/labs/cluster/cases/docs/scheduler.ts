import assert from 'node:assert/strict';
import { load } from 'js-yaml';
import { blocks } from '../../../../docs/pages.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { createPod, type Pod, untilBound } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';
import { addWorkers, podsOf } from './agents.ts';
import { INSTALL } from './install.ts';
import { blocksOf, follow, type Said } from './page.ts';

export const SCHEDULER = 'docs/how-to/choose-a-scheduler.md';
const OWN = 'page-scheduler';

const SAID: readonly Said[] = [
  ['extender.enabled=true', asksTheService],
  [
    'scheduler.enabled=true',
    async (ctx) => {
      const web = await podsOf(ctx, 'shop', 'app=web');
      assert.deepEqual(web.map(namedAndBound), Array(2).fill('temper-scheduler, bound'));
      await until('its extender was asked', async () => (await asked(ctx, 'scheduler')) > 0);
    },
  ],
  ['"schedulerName":null', async (ctx) => assert.equal((await podsOf(ctx, 'temper', SCHEDULERS)).length, 0)],
];

const SCHEDULERS = 'app.kubernetes.io/component=scheduler';

const namedAndBound = ({ spec }: Pod): string =>
  `${spec['schedulerName']}, ${spec.nodeName === undefined ? 'pending' : 'bound'}`;

/** A scheduler with the two lines of the page, and what its commands have printed in their place, in it. */
async function asksTheService(ctx: Ctx, printed: string): Promise<void> {
  const { urlPrefix, tlsConfig } = extenderOnPage();
  const address = /\b10\.96\.\d+\.\d+/.exec(printed)?.[0] ?? 'no address';
  const [ca = 'no certificate'] = /-----BEGIN CERTIFICATE-----[\s\S]*-----END CERTIFICATE-----/.exec(printed) ?? [];
  const url = new URL(urlPrefix);
  url.hostname = address;
  const { serverName } = tlsConfig;
  // A busy machine makes the service late, and then the scheduler would go without it.
  const extender = { urlPrefix: url.href, weight: 1, httpTimeoutMs: 30_000, ignorable: false, ca, serverName };
  const own = await ctx.cluster.startScheduler({ name: OWN, extender });
  ctx.after(() => own.stop());
  await createPod(ctx, 'shop', { name: OWN, spec: { schedulerName: OWN } });
  await untilBound(ctx, 'shop', OWN);
  assert.ok((await asked(ctx, 'control')) > 0, 'the service was asked');
}

interface ExtenderOnPage {
  readonly urlPrefix: string;
  readonly tlsConfig: { readonly serverName: string };
}

function extenderOnPage(): ExtenderOnPage {
  const found = blocks().find(({ file, text }) => file === SCHEDULER && text.includes('urlPrefix'));
  return load(found?.text ?? '') as ExtenderOnPage;
}

/** How often a component's pods were asked to score, as they count it. */
async function asked({ cluster }: Ctx, component: string): Promise<number> {
  const all = await cluster.client.list<Pod & { status: { podIP: string } }>('/api/v1/namespaces/temper/pods', {
    labelSelector: `app.kubernetes.io/component=${component}`,
  });
  const counts = all.map(async ({ status }) => {
    const text = await (await fetch(`http://${status.podIP}:8080/metrics`)).text();
    return Number(/^temper_extender_requests_total\{verb="prioritize",outcome="[a-z]+"\} (\d+)/m.exec(text)?.[1] ?? 0);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

const scheduler: Case = {
  name: 'docs-scheduler',
  what: `the commands of ${SCHEDULER}: the service beside the cluster's own scheduler, a second one, and back`,
  needsServices: true,
  deadlineMs: 900_000,
  async run(ctx) {
    await addWorkers(ctx);
    const steps = blocksOf(INSTALL);
    const web = steps.findIndex((one) => one.includes('create deployment web'));
    await follow(ctx, [...steps.slice(0, web + 1), ...blocksOf(SCHEDULER)], SAID);
  },
};

export const SCHEDULER_CASES: readonly Case[] = [scheduler];
