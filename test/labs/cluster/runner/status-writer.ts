import { type KubeClient, Refused } from '../../../support/kube-client.ts';
import { now } from './keep-container.ts';
import { type KnownPod, type PodStatus, statusOf } from './status.ts';

export interface StatusWriter {
  write(known: KnownPod): void;
  /** Resolves when all that was to be written of a pod is. */
  settled(uid: string): Promise<void>;
  /** Writes nothing more. Resolves when what was begun is through. */
  close(): Promise<void>;
}

/** One after the other for each pod, so that an old status never comes last. */
export function createStatusWriter(client: KubeClient, say: (text: string) => void): StatusWriter {
  const queues = new Map<string, Promise<void>>();
  const written = new Map<string, PodStatus>();
  let closed = false;
  return {
    write(known) {
      const { namespace, name, uid } = known.pod.metadata;
      const send = async (): Promise<void> => {
        if (closed) return;
        try {
          const status = statusOf(known, now(), written.get(uid));
          written.set(uid, status);
          // Conditions of others, such as PodScheduled, stay.
          const contentType = 'application/strategic-merge-patch+json';
          const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
          await client.call('PATCH', path, { contentType, body: { metadata: { uid }, status } });
        } catch (error) {
          // It is gone, or another one has its name.
          if (error instanceof Refused && (error.status === 404 || error.status === 409)) return;
          say(`the status of ${namespace}/${name}: ${(error as Error).message}`);
        }
      };
      queues.set(uid, (queues.get(uid) ?? Promise.resolve()).then(send));
    },
    settled: (uid) => queues.get(uid) ?? Promise.resolve(),
    async close() {
      closed = true;
      await Promise.all(queues.values());
    },
  };
}
