import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSidecar, isTerminated, type Pod, readPod } from '../../src/model/pod.ts';
import { type QosClass, qosClass } from '../../src/model/qos.ts';
import { keyOf } from '../../test/standin/api/objects.ts';
import { PODS } from '../../test/standin/api/resources.ts';
import type { ObjectStore } from '../../test/standin/api/store.ts';

/** Where systemd has the pods of a class, and how their names begin there. */
const PLACES: Readonly<Record<QosClass, readonly [slice: string, prefix: string]>> = {
  Guaranteed: ['kubepods.slice', 'kubepods'],
  Burstable: ['kubepods.slice/kubepods-burstable.slice', 'kubepods-burstable'],
  BestEffort: ['kubepods.slice/kubepods-besteffort.slice', 'kubepods-besteffort'],
};
/** Made up: no process of this machine is meant. */
const THREADS_OF_CONTAINER = 2;

/**
 * The part of a kubelet that an agent sees: the cgroups of the pods and containers of its node, made and
 * removed as the pods come and go.
 *
 * @param mounts the cgroup mount of each node's host
 * @returns ends it; what it made stays
 */
export function followPods(store: ObjectStore, mounts: ReadonlyMap<string, string>): () => void {
  const folders = new Map<string, string>();
  let threads = 0;

  const make = (key: string, pod: Pod): void => {
    const mount = mounts.get(pod.spec.nodeName ?? '');
    if (mount === undefined || folders.has(key) || isTerminated(pod)) return;
    const folder = join(mount, podFolder(pod));
    folders.set(key, folder);
    for (const { name } of [...pod.spec.initContainers.filter(isSidecar), ...pod.spec.containers]) {
      const container = join(folder, `cri-containerd-${containerId(pod, name)}.scope`);
      const ids = Array.from({ length: THREADS_OF_CONTAINER }, () => `${++threads}\n`);
      mkdirSync(container, { recursive: true });
      writeFileSync(join(container, 'cgroup.procs'), ids.join(''));
    }
  };
  const see = (key: string, object: unknown): void => {
    const reading = readPod(object);
    if (reading.ok) make(key, reading.pod);
  };

  for (const object of store.all(PODS.plural)) see(keyOf(object), object);
  return store.subscribe(({ resource, type, key, object }) => {
    if (resource !== PODS.plural) return;
    if (type !== 'DELETED') return see(key, object);
    const folder = folders.get(key);
    folders.delete(key);
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
}

/** Relative to the mount. */
export function podFolder(pod: Pod): string {
  const [slice, prefix] = PLACES[qosClass(pod)];
  return join(slice, `${prefix}-pod${(pod.metadata.uid ?? '').replaceAll('-', '_')}.slice`);
}

function containerId({ metadata }: Pod, name: string): string {
  return createHash('sha256').update(`${metadata.uid}/${name}`).digest('hex');
}
