import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster, ExtenderWanted, SchedulerWanted, Stoppable } from '../../../e2e/cluster.ts';
import { until } from '../../../support/embedded.ts';
import { type ApiObject, Refused } from '../../../support/kube-client.ts';
import type { Built } from '../parts/build.ts';
import { etcdUrl, schedulerConfig } from '../plane/commands.ts';
import { untilHealthy } from '../plane/health.ts';
import { type Plane, untilServiceAccount } from '../plane/plane.ts';
import { startTied } from '../plane/process.ts';

/** The real control plane as the cases use a cluster. */
export function realCluster(plane: Plane, programs: Built): Cluster {
  const { client, credentials } = plane;
  return {
    where: 'real',
    client,
    kubeconfig: readFileSync(credentials.kubeconfigs.admin, 'utf8'),
    async addNamespace(name, metadata = {}) {
      await client.create('/api/v1/namespaces', { metadata: { ...metadata, name } });
      await untilServiceAccount(client, name);
    },
    async removeNamespace(name) {
      try {
        await client.delete(`/api/v1/namespaces/${name}`);
      } catch (error) {
        // Gone already, or about to go.
        if (!(error instanceof Refused) || ![404, 409].includes(error.status)) throw error;
      }
      // Nothing makes others now. With their grace they would outlive their nodes, which nobody takes them from.
      await client.delete(`/api/v1/namespaces/${name}/pods`, { gracePeriodSeconds: 0 });
    },
    async addNode({ name, cores, labels = {}, annotations = {}, taints = [] }) {
      const capacity = { cpu: String(cores), memory: '32Gi', pods: '110' };
      await client.create('/api/v1/nodes', {
        metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels }, annotations },
        spec: { taints },
        status: { capacity, allocatable: capacity },
      });
      const path = `/api/v1/nodes/${name}`;
      await until(`node ${name} takes pods`, async () => takesPods(await client.get<Node>(path), taints.length));
    },
    startScheduler: (wanted) => startScheduler(plane, programs, wanted),
    controlPlane: {
      etcd: etcdUrl(plane.address),
      kill: (one) => plane.kill(one),
      restart: (one) => plane.restart(one),
    },
  };
}

interface Node extends ApiObject {
  readonly spec?: { readonly taints?: readonly object[] };
  readonly status: { readonly conditions?: ReadonlyArray<{ readonly type: string; readonly status: string }> };
}

/** Ready, and the node controller has taken its own taint away. */
function takesPods({ spec = {}, status }: Node, taints: number): boolean {
  const isReady = status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  return isReady && (spec.taints ?? []).length === taints;
}

/** Where the second, third, … scheduler listens. */
let nextPort = 10_300;
const HEALTHY_MS = 90_000;

async function startScheduler(
  { address, folder, credentials }: Plane,
  programs: Built,
  { name, extender }: SchedulerWanted,
): Promise<Stoppable> {
  const port = nextPort++;
  const config = join(folder, `${name}-${port}.json`);
  const kubeconfig = credentials.kubeconfigs.scheduler;
  writeFileSync(
    config,
    schedulerConfig({ kubeconfig, name, extenders: extender === null ? [] : [extenderConfig(extender)] }),
  );
  const running = startTied({
    name,
    program: programs['kube-scheduler'],
    args: ['--config', config, '--bind-address', address, '--secure-port', String(port)],
    logFile: join(folder, 'logs', `${name}-${port}.log`),
  });
  await untilHealthy(running, `https://${address}:${port}/readyz`, HEALTHY_MS);
  return {
    async stop() {
      running.kill();
      await running.ended;
    },
  };
}

function extenderConfig({ urlPrefix, weight, httpTimeoutMs, ignorable, ca, serverName }: ExtenderWanted): object {
  const name = serverName === undefined ? {} : { serverName };
  return {
    urlPrefix,
    prioritizeVerb: 'prioritize',
    weight,
    ...(ca !== undefined && { enableHTTPS: true, tlsConfig: { ...name, caData: Buffer.from(ca).toString('base64') } }),
    httpTimeout: `${httpTimeoutMs}ms`,
    nodeCacheCapable: true,
    ignorable,
  };
}
