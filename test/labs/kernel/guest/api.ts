import { factorOf } from '../../../../src/model/factor.ts';
import { systemClock } from '../../../../src/telemetry/system-clock.ts';
import { type ObjectMeta, objectKey } from '../../../standin/api/objects.ts';
import { EVENTS, NODES, PODS } from '../../../standin/api/resources.ts';
import { type Cluster, startCluster } from '../../../standin/cluster.ts';
import { policy } from '../../../support/webhook.ts';
import { severed } from './severed.ts';

/** Where temper is installed, and where the scenarios' pods are. */
export const RELEASE_NAMESPACE = 'temper';
export const NAMESPACE = 'shop';
export const NODE = 'guest';

/** The API server of the guest, with one Node and none of the simulated agents. */
export interface LabApi {
  readonly kubeconfig: string;
  /** @returns the pod's uid */
  addPod(pod: ApiPod): Promise<string>;
  removePod(name: string, namespace?: string): void;
  /** In place, as the subresource `resize` does it. */
  resizePod(name: string, resources: ApiPod['resources'], namespace?: string): void;
  /** As no API server does it: a class stays. */
  retierPod(name: string, priorityClassName: string, namespace?: string): void;
  /** Of the Node, `temper.codes/KEY`; empty where there is none. */
  annotation(key: string): string;
  annotate(key: string, value: string | null): void;
  /** Of all Events there are: `Reason: note`. */
  events(): string[];
  /** Until it is mended nobody answers the agent; what changes meanwhile it hears later. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export interface ApiPod {
  readonly name: string;
  /** @default NAMESPACE */
  readonly namespace?: string;
  readonly priorityClassName?: string;
  /** Of its container: `{requests: {cpu: '1'}}`. */
  readonly resources: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** @param told hears each status that the agent writes */
export async function labApi(cpus: number, told: (status: string) => void): Promise<LabApi> {
  const { tierPolicy } = policy();
  const cluster: Cluster = await startCluster({ clock: systemClock, tierPolicy, minimumFactor: factorOf(0.25) });
  await cluster.addNamespace(RELEASE_NAMESPACE);
  await cluster.addNamespace(NAMESPACE);
  await cluster.addNode({ name: NODE, cores: cpus, agent: false });
  let last = '';
  cluster.api.store.subscribe(({ resource, object }) => {
    const now = object.metadata.annotations?.['temper.codes/agent-status'] ?? '';
    if (resource !== NODES.plural || now === last) return;
    last = now;
    told(now);
  });
  const way = await severed(cluster.url);
  const metadata = (): ObjectMeta => cluster.api.get(NODES, NODE).metadata;
  return {
    kubeconfig: cluster.kubeconfig.replaceAll(cluster.url, way.url),
    async addPod({ name, namespace = NAMESPACE, priorityClassName, resources }) {
      const spec = {
        nodeName: NODE,
        ...(priorityClassName !== undefined && { priorityClassName }),
        containers: [{ name: 'app', image: 'app:1', resources }],
      };
      const { object } = await cluster.api.create(PODS, { namespace, body: { metadata: { name }, spec } });
      return object.metadata.uid ?? '';
    },
    removePod: (name, namespace = NAMESPACE) => void cluster.api.remove(PODS, { namespace, name }),
    resizePod(name, resources, namespace = NAMESPACE) {
      const pod = cluster.api.get(PODS, name, namespace);
      const { containers, ...spec } = pod['spec'] as { containers: readonly object[] };
      const resized = { ...spec, containers: containers.map((one) => ({ ...one, resources })) };
      cluster.api.store.put(PODS.plural, objectKey(namespace, name), { ...pod, spec: resized });
    },
    retierPod(name, priorityClassName, namespace = NAMESPACE) {
      const pod = cluster.api.get(PODS, name, namespace);
      const { priority: _old, ...spec } = pod['spec'] as { priority?: number };
      cluster.api.store.put(PODS.plural, objectKey(namespace, name), { ...pod, spec: { ...spec, priorityClassName } });
    },
    annotation: (key) => metadata().annotations?.[`temper.codes/${key}`] ?? '',
    annotate(key, value) {
      const patch = { metadata: { annotations: { [`temper.codes/${key}`]: value } } };
      cluster.api.patch(NODES, { name: NODE, patch });
    },
    events: () => [...cluster.api.store.all(EVENTS.plural)].map(({ reason, note }) => `${reason}: ${note}`),
    cut: way.cut,
    mend: way.mend,
    async close() {
      await way.close();
      await cluster.close();
    },
  };
}
