import assert from 'node:assert/strict';
import { set } from '../../../../charts/helm.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { cpuOf, dryRun, OPTED_IN, type Pod, pods, WEBHOOKS } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';
import { derOf, servedAt } from '../admission/service-pods.ts';
import { holds, startTraffic } from '../admission/traffic.ts';
import { mayNotChange } from './certificate.ts';
import { everything, nothingIsLeft } from './everything.ts';
import { installCertManager } from './operators.ts';
import { addLinuxNodes, NAMESPACE, RELEASE, release, timed } from './release.ts';

const WORKLOADS = 'chart-cert-manager';
const CERTIFICATES = `/apis/cert-manager.io/v1/namespaces/${NAMESPACE}/certificates`;
const SERVING = 'temper-control-cert';
const AUTHORITY = `${SERVING}-ca`;
const VALUES = set('webhook.enabled=true', 'agent.enabled=false', 'tls.mode=cert-manager');

const certManager: Case = {
  name: 'chart-cert-manager',
  what: 'cert-manager issues, its CA injector trusts, both are renewed under load; no pod refused, each scaled; nothing left',
  needsServices: true,
  async run(ctx) {
    const { client } = ctx.cluster;
    await addLinuxNodes(ctx, ['chart-cert-manager-1']);
    await timed(ctx, "cert-manager's own chart, until its check has passed", () => installCertManager(ctx));
    const temper = await release(ctx);
    await ctx.cluster.addNamespace(WORKLOADS, OPTED_IN);
    const before = await everything(client);

    await timed(ctx, 'install, until a pod comes back scaled', () => temper.install(VALUES));
    assert.equal(cpuOf(await dryRun(ctx, WORKLOADS)), '700m');
    await mayNotChange(ctx);

    const traffic = await startTraffic(ctx, WORKLOADS);
    await timed(ctx, 'authority and certificate renewed, until both are in use', async () => {
      await renew(ctx, AUTHORITY);
      await renew(ctx, SERVING);
      await untilServed(ctx);
    });
    await traffic.more(100);
    holds(ctx, await traffic.stop());

    await timed(ctx, 'uninstall', () => temper.run('uninstall', RELEASE, '--wait'));
    await nothingIsLeft(ctx, before, WORKLOADS);
  },
};

interface Certificate {
  readonly status: { readonly conditions: ReadonlyArray<{ readonly type: string; readonly status: string }> };
}

export interface Secret {
  readonly data: { readonly 'tls.crt': string; readonly 'ca.crt': string };
}

export const decoded = (text = ''): string => Buffer.from(text, 'base64').toString().trim();

export const secretOf = ({ cluster: { client } }: Ctx, name: string): Promise<Secret> =>
  client.get<Secret>(`/api/v1/namespaces/${NAMESPACE}/secrets/${name}`);

/** As `cmctl renew`. Resolves when its Secret has another certificate. */
async function renew(ctx: Ctx, name: string): Promise<void> {
  const { client } = ctx.cluster;
  const { data: first } = await secretOf(ctx, name);
  const { status } = await client.get<Certificate>(`${CERTIFICATES}/${name}`);
  const asked = {
    type: 'Issuing',
    status: 'True',
    reason: 'ManuallyTriggered',
    message: 'the lab asks',
    lastTransitionTime: new Date().toISOString(),
  };
  const others = status.conditions.filter(({ type }) => type !== asked.type);
  await client.patch(`${CERTIFICATES}/${name}/status`, { status: { conditions: [...others, asked] } });
  await until(`${name} is renewed`, async () => (await secretOf(ctx, name)).data['tls.crt'] !== first['tls.crt']);
}

interface Registered {
  readonly webhooks: ReadonlyArray<{ readonly clientConfig: { readonly caBundle?: string } }>;
}

/** Every replica serves what the Secret has, and the API server is told to trust its authority. */
async function untilServed(ctx: Ctx): Promise<void> {
  const { client } = ctx.cluster;
  const { data } = await secretOf(ctx, SERVING);
  const wanted = derOf(decoded(data['tls.crt']));
  const replicas = await client.list<Pod & { status: { podIP: string } }>(pods(NAMESPACE), {
    labelSelector: 'app.kubernetes.io/component=control',
  });
  assert.equal(replicas.length, 2);
  for (const { metadata, status } of replicas)
    await until(`${metadata.name} serves it`, async () => (await servedAt(status.podIP)) === wanted);
  await until('its authority is trusted', async () => {
    const { webhooks } = await client.get<Registered>(`${WEBHOOKS}/temper-overcommit`);
    // Beside those before, as long as they are valid.
    return webhooks.every(({ clientConfig }) => decoded(clientConfig.caBundle).includes(decoded(data['ca.crt'])));
  });
}

export const CERT_MANAGER_CASES: readonly Case[] = [certManager];
