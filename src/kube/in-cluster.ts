import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { ServerAccess } from './access.ts';

/** Where kubelet mounts the ServiceAccount of a pod. */
export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Access by the ServiceAccount of the pod we run in, or null outside a pod. Kubelet replaces the token
 * long before it expires and cluster operators rotate the CA: both files are read for each request,
 * and a list-watch makes one request in about five minutes.
 */
export function inClusterAccess(
  env: Readonly<Record<string, string | undefined>>,
  mount: string = SERVICE_ACCOUNT,
): ServerAccess | null {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  const tokenFile = join(mount, 'token');
  if (host === undefined || port === undefined || !existsSync(tokenFile)) return null;
  return {
    server: new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`),
    source: 'the ServiceAccount of this pod',
    credentials: async () => {
      const [token, ca] = await Promise.all([readFile(tokenFile, 'utf8'), readFile(join(mount, 'ca.crt'))]);
      return { headers: { authorization: `Bearer ${token.trim()}` }, tls: { ca } };
    },
    renew: () => {},
  };
}
