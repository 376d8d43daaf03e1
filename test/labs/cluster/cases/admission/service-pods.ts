import { connect } from 'node:tls';
import type { Ctx } from '../../../../e2e/case.ts';
import { addNode, type Pod, pods, register } from '../../../../e2e/kit.ts';
import { issue, type KeyPair, makeCa } from '../../../../support/certificates.ts';
import { until } from '../../../../support/embedded.ts';
import { pidIn } from '../chart/exec.ts';

/**
 * The service as it runs in a cluster: two pods of a Deployment with their own account and rights, behind a Service. By
 * hand, as docs/how-to/run-the-service.md has it; the chart's own cases are beside the chart.
 */

const NAME = 'control';
const LABELS = { app: NAME };
const RULES = [
  { apiGroups: [''], resources: ['namespaces', 'limitranges', 'nodes', 'pods'], verbs: ['list', 'watch'] },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list', 'watch'] },
];
/** Shorter than the chart's 8 s: one endpoint controller and one proxy hear of it within one. */
const DRAIN_MS = 3_000;
const HTTPS_PORT = 8443;

export interface ServicePods {
  readonly namespace: string;
  readonly ca: KeyPair;
  /** Of the webhook, to be merged into its registration. */
  readonly clientConfig: object;
  /** As `kubectl rollout restart`; resolves when only pods of that round are left. */
  roll(round: string): Promise<void>;
  /** Deletes each pod, the next one when the one before has a successor that is ready. */
  restartInTurn(): Promise<void>;
  /** SIGKILL for one of them; resolves when it has begun again and is ready. */
  kill(): Promise<void>;
  /** Resolves when so many pods, and no others, are there and ready. */
  scale(replicas: number): Promise<void>;
  /** Replaces the serving certificate in its Secret; resolves when every pod serves it. */
  serve(pair: KeyPair): Promise<void>;
  /** A certificate for the Service. */
  certificateBy(ca: KeyPair): KeyPair;
}

interface Deployment {
  readonly metadata: { readonly generation: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
  };
}

interface ServingPod extends Pod {
  readonly status: {
    readonly podIP?: string;
    readonly conditions?: ReadonlyArray<{ readonly type: string; readonly status: string }>;
    readonly containerStatuses?: ReadonlyArray<{ readonly restartCount: number }>;
  };
}

/** Installs it in a namespace of its own, with a node, registers it, and resolves when both replicas are ready. */
export async function serviceInPods(ctx: Ctx, namespace: string): Promise<ServicePods> {
  const { client } = ctx.cluster;
  await addNode(ctx, { name: namespace, cores: 16 });
  await ctx.cluster.addNamespace(namespace);
  const ca = makeCa();
  const host = `${NAME}.${namespace}.svc`;
  const certificateBy = (authority: KeyPair): KeyPair => issue(authority, { commonName: host });
  await install(ctx, namespace, certificateBy(ca));
  const service = { namespace, name: NAME, port: 443, path: '/mutate' };
  const clientConfig = { service, caBundle: base64(ca.cert) };
  await register(ctx, { name: namespace, url: '', ca: ca.cert, webhook: { clientConfig, timeoutSeconds: 10 } });

  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${NAME}`;
  const settled = async (count = 2): Promise<boolean> => {
    const { metadata, status } = await client.get<Deployment>(path);
    const { observedGeneration, replicas = 0, readyReplicas = 0, updatedReplicas = 0 } = status;
    const isSettled = [replicas, readyReplicas, updatedReplicas].every((one) => one === count);
    return observedGeneration === metadata.generation && isSettled;
  };
  await until('both replicas are ready', () => settled());

  const serving = (): Promise<ServingPod[]> =>
    client.list<ServingPod>(pods(namespace), { labelSelector: `app=${NAME}` });
  return {
    namespace,
    ca,
    clientConfig,
    certificateBy,
    async roll(round) {
      await client.patch(path, deployment(round));
      await until(
        `only pods of the round ${round} are left`,
        async () => (await settled()) && (await serving()).length === 2,
      );
    },
    async scale(replicas) {
      await client.patch(path, { spec: { replicas } });
      await until(
        `there are ${replicas} replicas`,
        async () => (await settled(replicas)) && (await serving()).length === replicas,
      );
    },
    async restartInTurn() {
      for (const { metadata } of await serving()) {
        await client.delete(pods(namespace, metadata.name));
        await until(`${metadata.name} has a successor`, async () => {
          const all = await serving();
          return all.length === 2 && all.every((pod) => pod.metadata.name !== metadata.name && isReady(pod));
        });
      }
    },
    async kill() {
      const [{ metadata: { name = '' } = {}, status } = {}] = await serving();
      const starts = ({ containerStatuses: [one] = [] }: Partial<ServingPod['status']> = {}): number =>
        one?.restartCount ?? 0;
      process.kill(pidIn(name), 'SIGKILL');
      await until(`${name} has begun again`, async () => {
        const pod = await client.get<ServingPod>(pods(namespace, name));
        return starts(pod.status) > starts(status) && isReady(pod);
      });
    },
    async serve({ cert, key }) {
      await client.patch(`/api/v1/namespaces/${namespace}/secrets/${NAME}`, {
        data: { 'tls.crt': base64(cert), 'tls.key': base64(key) },
      });
      for (const { status, metadata } of await serving()) {
        const ip = status.podIP ?? '';
        await until(`${metadata.name} serves it`, async () => (await servedAt(ip)) === derOf(cert));
      }
    },
  };
}

const isReady = ({ status }: ServingPod): boolean =>
  status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
export const derOf = (pem: string): string => pem.replaceAll(/-----[^-]+-----|\s/g, '');

/** The certificate that a new connection to a pod of the service gets, in base64. */
export function servedAt(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: HTTPS_PORT, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().raw.toString('base64'));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

async function install({ cluster, after }: Ctx, namespace: string, { cert, key }: KeyPair): Promise<void> {
  const core = `/api/v1/namespaces/${namespace}`;
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const { client } = cluster;
  const config = `webhook: {enabled: true}\nserver: {drainMs: ${DRAIN_MS}}\n`;
  await client.create(`${core}/serviceaccounts`, { metadata: { name: NAME } });
  await client.create(`${core}/configmaps`, { metadata: { name: NAME }, data: { 'config.yaml': config } });
  await client.create(`${core}/secrets`, {
    metadata: { name: NAME },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(cert), 'tls.key': base64(key) },
  });
  await client.create(`${core}/services`, {
    metadata: { name: NAME },
    spec: { selector: LABELS, ports: [{ name: 'https', port: 443, targetPort: 'https' }] },
  });
  const name = `lab-${namespace}`;
  after(() => client.delete(`${rbac}/clusterroles/${name}`));
  await client.create(`${rbac}/clusterroles`, { metadata: { name }, rules: RULES });
  after(() => client.delete(`${rbac}/clusterrolebindings/${name}`));
  await client.create(`${rbac}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }],
  });
  await client.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, deployment('first'));
}

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
              { name: 'https', containerPort: HTTPS_PORT },
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
