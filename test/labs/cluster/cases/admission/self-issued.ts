import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { type Material, SERVING_MS } from '../../../../../src/service/certificates/plan.ts';
import { readSecret, secretPatch } from '../../../../../src/service/certificates/secret.ts';
import { issue, makeAuthority } from '../../../../../src/service/certificates/x509.ts';
import { set } from '../../../../charts/helm.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { OPTED_IN, type Pod, pods, untilScaled, WEBHOOKS } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';
import { addLinuxNodes, NAMESPACE, release } from '../chart/release.ts';
import { servedAt } from './service-pods.ts';
import { holds, startTraffic } from './traffic.ts';

/** `tls.mode: self` of the chart: the service renews its certificate and moves to another authority by itself. */

const LOAD = 'self-issued-load';
const SECRET = `/api/v1/namespaces/${NAMESPACE}/secrets/temper-control-tls`;
const HOST = `temper-control.${NAMESPACE}.svc`;
const HOUR_MS = 3_600_000;
/** Each replica looks once a minute: by then each has looked once. */
const DUE_MS = 75_000;

const rotates: Case = {
  name: 'self-issued-rotates',
  what: 'tls.mode self under 50 creations a second: a certificate is renewed and then signed by the next authority; no pod is refused, each is scaled',
  needsServices: true,
  onRequest: 'it takes the service three looks, one a minute',
  deadlineMs: 900_000,
  async run(ctx) {
    const temper = await release(ctx);
    await addLinuxNodes(ctx, ['self-issued-1']);
    await ctx.cluster.addNamespace(LOAD, OPTED_IN);
    await temper.install(set('webhook.enabled=true', 'agent.enabled=false', 'tls.mode=self'));
    await untilScaled(ctx, LOAD);
    const { authority, serving, next } = await makeDue(ctx);
    const traffic = await startTraffic(ctx, LOAD);
    await traffic.more(1_000);
    await replaceOne(ctx);

    await until('each serves another certificate, by the same authority', () => allServe(ctx, authority, serving));
    await until('the next authority is trusted', async () => (await trusted(ctx)).includes(next), 180_000);
    await until('each serves a certificate by the next authority', () => allServe(ctx, next), 300_000);
    await until('that is the first to be trusted', async () => (await trusted(ctx)).startsWith(next));
    await traffic.more(100);
    holds(ctx, await traffic.stop());
  },
};

interface Due {
  /** Certificates, PEM. */
  readonly authority: string;
  readonly next: string;
  readonly serving: string;
}

/** As if two months had gone: the certificate is to be renewed, and the next authority, announced a day ago, is about to sign. */
async function makeDue({ cluster: { client } }: Ctx): Promise<Due> {
  const reading = readSecret(await client.get(SECRET));
  assert.ok(reading?.material, 'the service has filled its Secret');
  const { material, resourceVersion } = reading;
  const now = Date.now();
  const serving = issue(material.authority, [HOST, `${HOST}.cluster.local`], {
    from: now - (SERVING_MS * 3) / 4,
    to: now + SERVING_MS / 4,
  });
  const next = makeAuthority('temper', { from: now + DUE_MS - 24 * HOUR_MS, to: now + 40 * SERVING_MS });
  const due: Material = { ...material, serving, next, bundle: material.bundle + next.cert };
  await client.patch(SECRET, secretPatch(due, resourceVersion));
  return { authority: material.authority.cert, next: next.cert, serving: material.serving.cert };
}

const replicas = ({ cluster }: Ctx): Promise<ServingPod[]> =>
  cluster.client.list<ServingPod>(pods(NAMESPACE), { labelSelector: 'app.kubernetes.io/component=control' });

/** From then on the two look at different times: what one has signed and announced the other takes up later. */
async function replaceOne(ctx: Ctx): Promise<void> {
  const [{ metadata: { name = '' } = {} } = {}] = await replicas(ctx);
  await ctx.cluster.client.delete(pods(NAMESPACE, name));
  await until(`${name} is gone`, async () => (await replicas(ctx)).every(({ metadata }) => metadata.name !== name));
}

/** @param not what none of them serves */
async function allServe(ctx: Ctx, authority: string, not?: string): Promise<boolean> {
  const all = await replicas(ctx);
  // One that has no address yet, or does not listen yet, serves nothing.
  const served = await Promise.all(all.map(({ status: { podIP = '' } }) => servedAt(podIP).catch(() => null)));
  const by = new X509Certificate(authority);
  return (
    all.length === 2 &&
    served.every((der) => {
      if (der === null) return false;
      const certificate = new X509Certificate(Buffer.from(der, 'base64'));
      const isAnother = not === undefined || certificate.serialNumber !== new X509Certificate(not).serialNumber;
      return certificate.verify(by.publicKey) && isAnother;
    })
  );
}

interface ServingPod extends Pod {
  readonly status: { readonly podIP?: string };
}

/** PEM. */
async function trusted({ cluster }: Ctx): Promise<string> {
  const { webhooks } = await cluster.client.get<{ webhooks: ReadonlyArray<{ clientConfig: { caBundle: string } }> }>(
    `${WEBHOOKS}/temper-overcommit`,
  );
  return Buffer.from(webhooks[0]?.clientConfig.caBundle ?? '', 'base64').toString();
}

export const SELF_ISSUED_CASES: readonly Case[] = [rotates];
