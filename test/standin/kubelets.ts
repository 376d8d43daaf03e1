import type { KubeApi } from './api/api.ts';
import { nameOf, type PodObject } from './api/objects.ts';
import { PODS } from './api/resources.ts';
import { StatusError } from './api/status.ts';

/**
 * What is needed of every node's kubelet: a pod that is being deleted ends at once and is then gone.
 * Pods never start to run, since nothing here looks at that.
 *
 * @returns the function that stops them.
 */
export function startKubelets(api: KubeApi): () => void {
  return api.store.subscribe(({ resource, type, object }) => {
    const { metadata, spec } = object as PodObject;
    const isMarked = type === 'MODIFIED' && (metadata.deletionGracePeriodSeconds ?? 0) > 0;
    if (resource !== PODS.plural || !isMarked || !spec.nodeName) return;
    try {
      api.remove(PODS, {
        namespace: metadata.namespace,
        name: nameOf(object),
        uid: metadata.uid,
        gracePeriodSeconds: 0,
      });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
  });
}
