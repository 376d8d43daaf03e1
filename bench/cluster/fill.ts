import { TIER_LOAD } from '../../src/model/keys.ts';
import { TIER_CLASSES } from '../../src/model/tier.ts';
import type { Cluster } from '../../test/e2e/cluster.ts';
import { pods } from '../../test/e2e/kit.ts';
import { tierLoad } from '../../test/e2e/tier-load.ts';
import { Refused } from '../../test/support/kube-client.ts';
import type { Lab } from './lab.ts';

/** What the cluster is filled with. */

const CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';
export const CLASS_NAMES = [...TIER_CLASSES.keys()];

/** As the chart has them: no pod pushes another out. */
export async function addClasses({ cluster }: Lab): Promise<void> {
  for (const [name, { value }] of TIER_CLASSES) {
    await cluster.client.create(CLASSES, { metadata: { name }, value, preemptionPolicy: 'Never' });
  }
}

export interface Fleet {
  /** Begins the name of each. */
  readonly name: string;
  readonly count: number;
  readonly cores: number;
}

/** Nodes with unequal loads that stay fresh for the whole run; resolves when all take pods. */
export async function addNodes({ cluster, nodes, say }: Lab, { name, count, cores }: Fleet): Promise<void> {
  const capacity = { cpu: String(cores), memory: '256Gi', pods: '110' };
  const made = Array.from({ length: count }, (_, index) => {
    const hostname = `${name}-${String(index).padStart(4, '0')}`;
    const load = tierLoad({
      cores,
      heartbeatMs: 86_400_000,
      protection: index % 10 === 0 ? 'none' : 'enforcing',
      milli: { critical: (index % 7) * 500, high: (index % 5) * 500, normal: (index % 11) * 300 },
    });
    return {
      metadata: {
        name: hostname,
        labels: { 'kubernetes.io/hostname': hostname, 'topology.kubernetes.io/zone': `zone-${index % 3}`, fleet: name },
        annotations: { [TIER_LOAD]: load },
      },
      status: { capacity, allocatable: capacity },
    };
  });
  await Promise.all(made.map((node) => cluster.client.create('/api/v1/nodes', node)));
  const ours = (): number => nodes.all().filter((node) => node.name.startsWith(`${name}-`)).length;
  await nodes.until(`${count} nodes take pods`, () => ours() === count);
  say(`${count} nodes ${name} take pods`);
}

/** Like a pod of a Deployment, so that as much goes over the wire. */
export function podOf(name: string, spec: object, cpu = '100m'): object {
  const resources = { requests: { cpu, memory: '64Mi' } };
  return {
    metadata: {
      name,
      labels: { app: 'web', 'pod-template-hash': '5d8f9c7b6' },
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' },
    },
    spec: {
      containers: [{ name: 'app', image: 'registry.example/team/app:1.2.3', resources }],
      terminationGracePeriodSeconds: 0,
      ...spec,
    },
  };
}

export async function addPods({ cluster }: Lab, namespace: string, made: readonly object[]): Promise<void> {
  await Promise.all(made.map((pod) => cluster.client.create(pods(namespace), pod)));
}

/** Removes all pods of a namespace, and waits until they are gone. */
export async function clear({ cluster, pods: seen }: Lab, namespace: string): Promise<void> {
  await removeAll(cluster, pods(namespace));
  await seen.until(`no pods in ${namespace}`, () => seen.all().every((pod) => pod.namespace !== namespace));
}

/** The API server deletes one after the other, and gives up after a minute: then the rest is asked for. */
async function removeAll({ client }: Cluster, collection: string): Promise<void> {
  for (;;) {
    try {
      return await client.delete(collection, { gracePeriodSeconds: 0 });
    } catch (error) {
      const gaveUp =
        error instanceof Refused ? error.status === 504 : Reflect.get(Object(error), 'code') === 'ECONNRESET';
      if (!gaveUp) throw error;
    }
  }
}
