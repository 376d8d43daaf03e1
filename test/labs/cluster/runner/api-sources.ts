import { Buffer } from 'node:buffer';
import { type KubeClient, Refused } from '../../../support/kube-client.ts';
import type { Sources } from './volumes.ts';

interface Data {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** What a kubelet fetches for the pods of its node. */
export function apiSources(client: KubeClient): Sources {
  const find = async (namespace: string, plural: string, name: string): Promise<Data | null> => {
    try {
      return await client.get<Data>(`/api/v1/namespaces/${namespace}/${plural}/${name}`);
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return null;
      throw error;
    }
  };
  return {
    async configMap(namespace, name) {
      const found = await find(namespace, 'configmaps', name);
      return found === null ? null : (found.data ?? {});
    },
    async secret(namespace, name) {
      const found = await find(namespace, 'secrets', name);
      if (found === null) return null;
      return Object.fromEntries(
        Object.entries(found.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]),
      );
    },
    async token({ metadata, spec }, expirationSeconds, audience) {
      const path = `/api/v1/namespaces/${metadata.namespace}/serviceaccounts/${spec.serviceAccountName}/token`;
      const { status } = await client.create<{ status: { token: string } }>(path, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          audiences: audience === undefined ? [] : [audience],
          expirationSeconds,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: metadata.name, uid: metadata.uid },
        },
      });
      return status.token;
    },
  };
}
