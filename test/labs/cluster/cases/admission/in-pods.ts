import assert from 'node:assert/strict';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { cpuOf, dryRun, OPTED_IN, untilScaled, WEBHOOKS } from '../../../../e2e/kit.ts';
import { makeCa } from '../../../../support/certificates.ts';
import { until } from '../../../../support/embedded.ts';
import { base64, type ServicePods, serviceInPods } from './service-pods.ts';
import { holds, startTraffic, type Traffic, tell } from './traffic.ts';

/** What becomes of pods that are created 50 a second, while the service behind its Service is changed. */

/** What is done to it, and when there has been enough of it. */
type Deed = (ctx: Ctx, service: ServicePods, traffic: Traffic) => Promise<void>;

/** @param namespace of the service; what is created is beside it */
const underLoad = (namespace: string, deed: Deed): Case['run'] => {
  return async (ctx) => {
    const service = await opened(ctx, namespace);
    const traffic = await startTraffic(ctx, `${namespace}-load`);
    await deed(ctx, service, traffic);
    holds(ctx, await traffic.stop());
  };
};

const restarted: Case = {
  name: 'restarted-under-load',
  what: 'both replicas are rolled and then deleted in turn under 50 creations a second: no pod is refused, each is scaled',
  needsServices: true,
  run: underLoad('restarted', async (_ctx, service) => {
    await service.roll('second');
    await service.restartInTurn();
  }),
};

const rotated: Case = {
  name: 'certificate-rotated',
  what: 'another certificate, and then another authority, under 50 creations a second: no pod is refused, each is scaled',
  needsServices: true,
  run: underLoad('rotated', async (ctx, service, traffic) => {
    // An open connection is not asked for a certificate again. The API server opens new ones for another bundle, and to
    // pods that are new.
    const next = makeCa('the next authority');
    await service.serve(service.certificateBy(service.ca));
    await trust(ctx, service, service.ca.cert + next.cert);
    await service.serve(service.certificateBy(next));
    await service.restartInTurn();
    await trust(ctx, service, next.cert);
    await traffic.more(100);
  }),
};

const KILLS = 5;
/** Of each kill: what it was just asked, and what goes to it on new connections until the endpoints forget it. */
const UNSCALED_EACH = 2;

const killed: Case = {
  name: 'replica-killed',
  what: `${KILLS} times one of two replicas is killed under 50 creations a second: no pod is refused, two a kill are not scaled at most`,
  needsServices: true,
  async run(ctx) {
    const service = await opened(ctx, 'killed');
    const traffic = await startTraffic(ctx, 'killed-load');
    for (let kills = 0; kills < KILLS; kills++) {
      await traffic.more(50);
      await service.kill();
    }
    const tally = await traffic.stop();
    tell(ctx, 'all', tally);
    assert.deepEqual(tally.refused, []);
    assert.ok(tally.unmodified.length <= KILLS * UNSCALED_EACH, `${tally.unmodified.length} are not scaled`);
  },
};

const nobodyLeft: Case = {
  name: 'no-replica-left',
  what: 'with no replica left pods are admitted as they are, none is refused; with replicas again each is scaled',
  needsServices: true,
  async run(ctx) {
    const service = await opened(ctx, 'emptied');
    await service.scale(0);
    await until('nobody is asked', async () => cpuOf(await dryRun(ctx, 'emptied-load')) === '1');
    const without = await startTraffic(ctx, 'emptied-load');
    await without.more(100);
    const alone = await without.stop();
    tell(ctx, 'without a replica', alone);
    assert.deepEqual(alone.refused, []);
    assert.equal(alone.unmodified.length, alone.created);

    await service.scale(2);
    await untilScaled(ctx, 'emptied-load');
    const again = await startTraffic(ctx, 'emptied-load', alone.created);
    await again.more(100);
    holds(ctx, await again.stop());
  },
};

/** The service in pods, and a namespace whose pods it scales. */
async function opened(ctx: Ctx, namespace: string): Promise<ServicePods> {
  const service = await serviceInPods(ctx, namespace);
  const load = `${namespace}-load`;
  await ctx.cluster.addNamespace(load, OPTED_IN);
  await untilScaled(ctx, load);
  return service;
}

/** Whom the API server trusts, from now on. */
async function trust({ cluster }: Ctx, { namespace, clientConfig }: ServicePods, ca: string): Promise<void> {
  const path = `${WEBHOOKS}/${namespace}`;
  const { webhooks } = await cluster.client.get<{ webhooks: readonly object[] }>(path);
  const changed = { ...clientConfig, caBundle: base64(ca) };
  await cluster.client.patch(path, { webhooks: webhooks.map((one) => ({ ...one, clientConfig: changed })) });
}

export const IN_POD_CASES: readonly Case[] = [restarted, rotated, killed, nobodyLeft];
