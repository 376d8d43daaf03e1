import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { set } from '../../../../charts/helm.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { cpuOf, dryRun, OPTED_IN } from '../../../../e2e/kit.ts';
import { issue, makeCa } from '../../../../support/certificates.ts';
import { addLinuxNodes, NAMESPACE, release, timed } from './release.ts';

const SECRET = 'my-certificate';
const WORKLOADS = 'chart-certificate';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const ownCertificate: Case = {
  name: 'chart-own-certificate',
  what: 'a certificate and an authority of the owner; the service then has no right to the webhook and to Secrets',
  needsServices: true,
  async run(ctx) {
    const { client } = ctx.cluster;
    const temper = await release(ctx);
    await addLinuxNodes(ctx, ['chart-certificate-1']);
    await ctx.cluster.addNamespace(WORKLOADS, OPTED_IN);
    const ca = makeCa();
    const { cert, key } = issue(ca, { commonName: `temper-control.${NAMESPACE}.svc` });
    await client.create(`/api/v1/namespaces/${NAMESPACE}/secrets`, {
      metadata: { name: SECRET },
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(cert), 'tls.key': base64(key) },
    });
    const caFile = ctx.artifact('ca.crt');
    writeFileSync(caFile, ca.cert);
    const tls = [
      ...set('tls.mode=existingSecret', `tls.existingSecret=${SECRET}`),
      '--set-file',
      `tls.caBundle=${caFile}`,
    ];
    const values = set('webhook.enabled=true', 'agent.enabled=false');
    await timed(ctx, 'install, until a pod comes back scaled', () => temper.install([...values, ...tls]));
    assert.equal(cpuOf(await dryRun(ctx, WORKLOADS)), '700m');
    await mayNotChange(ctx);
  },
};

/** The service its webhook, or read a Secret by the API. */
export async function mayNotChange({ cluster: { client } }: Ctx): Promise<void> {
  for (const [group, resource, verb] of [
    ['admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'patch'],
    ['', 'secrets', 'get'],
  ] as const) {
    const may = await client.create<{ status: { allowed: boolean } }>(
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      {
        spec: {
          user: `system:serviceaccount:${NAMESPACE}:temper-control`,
          resourceAttributes: { group, resource, verb, namespace: NAMESPACE },
        },
      },
    );
    assert.equal(may.status.allowed, false, `${verb} ${resource}`);
  }
}

export const CERTIFICATE_CASES: readonly Case[] = [ownCertificate];
