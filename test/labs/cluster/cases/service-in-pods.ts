import assert from 'node:assert/strict';
import type { Case, Ctx } from '../../../e2e/case.ts';
import { addNode, cpuOf, dryRun, OPTED_IN, register, untilScaled } from '../../../e2e/kit.ts';
import { issue, makeCa } from '../../../support/certificates.ts';
import { until } from '../../../support/embedded.ts';

/** The service as it runs in a cluster: pods of a Deployment with their own account and rights, behind a Service. */

const NAMESPACE = 'temper';
const NAME = 'control';
const LABELS = { app: NAME };
/** By hand, as docs/how-to/run-the-service.md has it; the chart's own cases are beside the chart. */
const CONFIG = 'webhook: {enabled: true}\nserver: {drainMs: 500}\n';
const RULES = [
  { apiGroups: [''], resources: ['namespaces', 'limitranges', 'nodes', 'pods'], verbs: ['list', 'watch'] },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list', 'watch'] },
];

const deployment = (round: string): object => ({
  metadata: { name: NAME },
  spec: {
    replicas: 2,
    selector: { matchLabels: LABELS },
    strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    template: {
      metadata: { labels: LABELS, annotations: { round } },
      spec: {
        serviceAccountName: NAME,
        securityContext: { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532 },
        containers: [
          {
            name: 'service',
            image: 'temper-service:0.1.0',
            args: ['--config=/etc/temper/config/config.yaml'],
            ports: [
              { name: 'https', containerPort: 8443 },
              { name: 'metrics', containerPort: 8080 },
            ],
            readinessProbe: { httpGet: { path: '/readyz', port: 'metrics' }, periodSeconds: 1 },
            securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
            volumeMounts: [
              { name: 'config', mountPath: '/etc/temper/config', readOnly: true },
              { name: 'tls', mountPath: '/etc/temper/tls', readOnly: true },
            ],
          },
        ],
        volumes: [
          { name: 'config', configMap: { name: NAME } },
          { name: 'tls', secret: { secretName: NAME } },
        ],
      },
    },
  },
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const inPods: Case = {
  name: 'service-in-pods',
  what: 'the service in pods with their own account and rights, asked through its Service; a rollout loses no pod',
  needsServices: true,
  async run(ctx) {
    await addNode(ctx, { name: 'service-in-pods', cores: 16 });
    await ctx.cluster.addNamespace(NAMESPACE);
    const ca = makeCa();
    await install(ctx, ca);
    await ctx.cluster.addNamespace('served', OPTED_IN);
    const service = { namespace: NAMESPACE, name: NAME, port: 443, path: '/mutate' };
    const clientConfig = { service, caBundle: base64(ca.cert) };
    await register(ctx, { url: '', ca: ca.cert, webhook: { clientConfig, timeoutSeconds: 10 } });
    await untilScaled(ctx, 'served');

    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${NAME}`;
    const rolledOut = async (): Promise<boolean> => {
      const { metadata, status } = await ctx.cluster.client.get<Deployment>(path);
      return status.observedGeneration === metadata.generation && status.updatedReplicas === 2 && status.replicas === 2;
    };
    await until('both replicas run', rolledOut);
    await ctx.cluster.client.patch(path, deployment('second'));
    let created = 0;
    await until('the second round runs alone', async () => {
      assert.equal(cpuOf(await dryRun(ctx, 'served')), '700m', `pod ${created} during the rollout`);
      created++;
      return await rolledOut();
    });
    ctx.figure('pods created during the rollout, all scaled', created, 'pods');
  },
};

interface Deployment {
  readonly metadata: { readonly generation: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
  };
}

async function install({ cluster, after }: Ctx, ca: ReturnType<typeof makeCa>): Promise<void> {
  const core = `/api/v1/namespaces/${NAMESPACE}`;
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const { cert, key } = issue(ca, { commonName: `${NAME}.${NAMESPACE}.svc` });
  const { client } = cluster;
  await client.create(`${core}/serviceaccounts`, { metadata: { name: NAME } });
  await client.create(`${core}/configmaps`, { metadata: { name: NAME }, data: { 'config.yaml': CONFIG } });
  await client.create(`${core}/secrets`, {
    metadata: { name: NAME },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(cert), 'tls.key': base64(key) },
  });
  await client.create(`${core}/services`, {
    metadata: { name: NAME },
    spec: { selector: LABELS, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
  });
  const name = 'lab-service-in-pods';
  after(() => client.delete(`${rbac}/clusterroles/${name}`));
  await client.create(`${rbac}/clusterroles`, { metadata: { name }, rules: RULES });
  after(() => client.delete(`${rbac}/clusterrolebindings/${name}`));
  await client.create(`${rbac}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
  });
  // Its pods must be gone before their node goes.
  after(() => client.delete(`/api/v1/namespaces/${NAMESPACE}`));
  await client.create(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, deployment('first'));
}

export const IN_POD_CASES: readonly Case[] = [inPods];
