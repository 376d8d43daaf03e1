import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeTransport } from '../../../../src/kube/transport.ts';
import type { ApiObject, KubeClient } from '../../../support/kube-client.ts';
import { BRIDGE_ADDRESS } from '../host/network.ts';
import { API_SERVICE_IP, PORTS } from '../plane/address.ts';
import { apiSources } from './api-sources.ts';
import { createHosts } from './hosts.ts';
import { type Image, imageOf } from './images.ts';
import { createKubelet, seePod } from './kubelet.ts';
import { createNames } from './names.ts';
import { openPodNetwork } from './network.ts';
import { type NodeApiDeps, serveNodeApi } from './node-api.ts';
import { type LabPod, readLabPod } from './pod.ts';
import type { ImageRoot } from './programs.ts';
import { type RunningPod, runPod } from './run-pod.ts';
import { createProxy, targetsOf } from './services.ts';
import { createStatusWriter } from './status-writer.ts';
import { watched } from './watched.ts';

/** Runs the pods of temper's images as processes, and Services: the lab's kubelet and kube-proxy. */
export interface Runner {
  /** Ends all that runs. The pods stay in the API. */
  stop(): Promise<void>;
}

export interface RunnerOptions {
  readonly client: KubeClient;
  readonly transport: KubeTransport;
  readonly images: Readonly<Record<Image, ImageRoot>>;
  /** By which the API server knows the kubelet, and the other way round. */
  readonly credentials: Pick<NodeApiDeps, 'pair' | 'ca'>;
  /** Logs of the pods, by namespace and name. */
  readonly folder: string;
  readonly say: (text: string) => void;
}

export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const { client, transport, say } = options;
  const writer = createStatusWriter(client, say);
  const proxy = createProxy(say);
  const sources = apiSources(client);
  const names = createNames(join(options.folder, 'names'));
  const images = withFiles(options.images, names.files);

  const folderOf = (node: string): string => join(options.folder, 'nodes', node);
  const everyPod = watched(transport, '/api/v1/pods', (object) => object as ApiObject);
  const hosts = createHosts({ folder: join(options.folder, 'hosts'), folderOf, pods: everyPod.store });

  const start = async (object: unknown): Promise<RunningPod | null> => {
    try {
      const pod = readLabPod(object);
      const { namespace, name } = pod.metadata;
      const { nodeName } = pod.spec;
      const hostFolder = folderOf(nodeName);
      mkdirSync(hostFolder, { recursive: true });
      const [{ image } = { image: '' }] = pod.spec.containers;
      const agent = imageOf(image) === 'agent' ? hosts.image(images.agent, nodeName, image) : images.agent;
      const network = await openPodNetwork();
      say(`${namespace}/${name} begins at ${network.ip}`);
      const place = { podIp: network.ip, hostIp: BRIDGE_ADDRESS, apiHost: API_SERVICE_IP };
      const folder = join(options.folder, namespace, name);
      return runPod({
        ...options,
        images: { ...images, agent },
        pod,
        network,
        place,
        sources,
        folder,
        hostFolder,
        changed: writer.write,
      });
    } catch (error) {
      await giveUp(client, object, error as Error);
      say((error as Error).message);
      return null;
    }
  };
  const kubelet = createKubelet({ client, start, settled: writer.settled, say });
  const place = { address: BRIDGE_ADDRESS, port: PORTS.kubelet };
  const nodeApi = await serveNodeApi({ ...options.credentials, ...place, find: kubelet.find, say });

  const pods = watched(transport, '/api/v1/pods', seePod);
  const services = watched(transport, '/api/v1/services', (object) => object as object);
  const slices = watched(transport, '/apis/discovery.k8s.io/v1/endpointslices', (object) => object as object);
  const serve = (): void => {
    const known = [[...services.store.values()], [...slices.store.values()]] as const;
    proxy.set(targetsOf(...known));
    names.set(...known);
  };
  pods.store.subscribe((change) => kubelet.follow(change.key, change.type === 'set' ? change.value : undefined));
  services.store.subscribe(serve);
  slices.store.subscribe(serve);
  const watches = [pods, everyPod, services, slices];
  for (const one of watches) one.start();

  return {
    async stop() {
      await Promise.all(watches.map((one) => one.stop()));
      await writer.close();
      await kubelet.stop();
      hosts.close();
      proxy.close();
      nodeApi.close();
    },
  };
}

function withFiles(images: RunnerOptions['images'], files: ImageRoot['files']): RunnerOptions['images'] {
  const all = Object.entries(images).map(([name, image]) => [name, { ...image, files: { ...image.files, ...files } }]);
  return Object.fromEntries(all) as RunnerOptions['images'];
}

/** What cannot run here must not look as if it were still coming. */
async function giveUp(client: KubeClient, object: unknown, { message }: Error): Promise<void> {
  const { namespace, name, uid } = (object as { metadata: LabPod['metadata'] }).metadata;
  const status = { phase: 'Failed', reason: 'LabCannotRun', message };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
  await client.patch(path, { metadata: { uid }, status }).catch(() => {});
}
