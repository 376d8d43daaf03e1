import { nameOf, type PodObject } from '../../test/standin/api/objects.ts';
import { PODS } from '../../test/standin/api/resources.ts';
import type { Cluster } from '../../test/standin/cluster.ts';

const NAMESPACE = 'shop';

export interface PinnedPods {
  readonly names: readonly string[];
  readonly priorityClassName: string;
  readonly milli: number;
}

/**
 * Creates pods that want this node and no other, and lets the scheduler place them, by webhook and extender as any pod.
 *
 * @throws Error where one finds no room
 */
export async function placePinned(
  { api, scheduler }: Cluster,
  node: string,
  { names, priorityClassName, milli }: PinnedPods,
): Promise<void> {
  for (const name of names) {
    const resources = { requests: { cpu: `${milli}m` } };
    const spec = {
      priorityClassName,
      nodeSelector: { 'kubernetes.io/hostname': node },
      containers: [{ name: 'app', image: 'registry.example/app:1', resources }],
    };
    await api.create(PODS, { namespace: NAMESPACE, body: { metadata: { name }, spec } });
  }
  await scheduler.run();
  for (const name of names) {
    const why = scheduler.unschedulable.get(`${NAMESPACE}/${name}`);
    if (why !== undefined) throw new Error(`${name} does not fit on ${node}: ${why}`);
  }
}

export function removePinned({ api }: Cluster, names: readonly string[]): void {
  for (const name of names) api.remove(PODS, { namespace: NAMESPACE, name, gracePeriodSeconds: 0 });
}

/** Takes every pod off the node but those of DaemonSets, as `kubectl drain` does. */
export function drain({ api }: Cluster, node: string): void {
  for (const object of [...api.store.all(PODS.plural)] as PodObject[]) {
    const { metadata, spec } = object;
    const isDaemon = metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') ?? false;
    if (spec.nodeName !== node || isDaemon) continue;
    api.remove(PODS, { namespace: metadata.namespace, name: nameOf(object), gracePeriodSeconds: 0 });
  }
}
