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

/** The part of a kubelet that an agent sees: the cgroups of the pods and containers of its node. */
export interface PodCgroups {
  /** A pod as it is now: makes what is missing of it. */
  see(key: string, object: unknown): void;
  gone(key: string): void;
}

/** @param mounts the cgroup mount of each node's host; nodes without one have no cgroups */
export function podCgroups(mounts: ReadonlyMap<string, string>): PodCgroups {
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
  return {
    see(key, object) {
      const reading = readPod(object);
      if (reading.ok) make(key, reading.pod);
    },
    gone(key) {
      const folder = folders.get(key);
      folders.delete(key);
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Makes and removes the cgroups as the pods come and go.
 *
 * @returns ends it; what it made stays
 */
export function followPods(store: ObjectStore, mounts: ReadonlyMap<string, string>): () => void {
  const cgroups = podCgroups(mounts);
  for (const object of store.all(PODS.plural)) cgroups.see(keyOf(object), object);
  return store.subscribe(({ resource, type, key, object }) => {
    if (resource !== PODS.plural) return;
    if (type === 'DELETED') cgroups.gone(key);
    else cgroups.see(key, object);
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
