import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { TemperError } from '../model/errors.ts';
import type { ServerAccess } from './access.ts';
import { inClusterAccess, SERVICE_ACCOUNT } from './in-cluster.ts';
import { kubeconfigAccess } from './kubeconfig.ts';

export interface AccessOptions {
  /** Path of a kubeconfig; when given, nothing else is tried. */
  readonly kubeconfig?: string;
  /** Context to use instead of the kubeconfig's current one. */
  readonly context?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default where kubelet mounts it */
  readonly serviceAccount?: string;
}

/**
 * Finds the way to the API server, in kubectl's order: the given kubeconfig, the files of
 * `$KUBECONFIG` that exist, `~/.kube/config`, the ServiceAccount of the pod.
 *
 * @throws TemperError TMP3001 when there is none, or when the first one found is not usable
 */
export async function loadAccess(options: AccessOptions): Promise<ServerAccess> {
  const files = kubeconfigFiles(options);
  if (files.length > 0) return await kubeconfigAccess(files, options.context);
  if (options.context !== undefined) {
    throw new TemperError('TMP3001', `context ${JSON.stringify(options.context)} is given, but no kubeconfig is found`);
  }
  const inCluster = inClusterAccess(options.env, options.serviceAccount ?? SERVICE_ACCOUNT);
  if (inCluster !== null) return inCluster;
  throw new TemperError('TMP3001', 'no kubeconfig and no ServiceAccount');
}

/** Likewise by the settings of a process, where nothing given is empty. @throws TemperError TMP3001 */
export function configuredAccess(
  config: Readonly<Record<'kube.kubeconfig' | 'kube.context' | 'kube.serviceAccount', string>>,
  env: AccessOptions['env'],
): Promise<ServerAccess> {
  const { 'kube.kubeconfig': kubeconfig, 'kube.context': context, 'kube.serviceAccount': serviceAccount } = config;
  return loadAccess({
    env,
    ...(kubeconfig !== '' && { kubeconfig }),
    ...(context !== '' && { context }),
    ...(serviceAccount !== '' && { serviceAccount }),
  });
}

function kubeconfigFiles({ kubeconfig, env }: AccessOptions): string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  // Several paths are a search list; a single one that does not exist is a mistake worth telling.
  if (named.length > 0) return named.length === 1 ? named : named.filter((path) => existsSync(path));
  const home = env['HOME'] ?? env['USERPROFILE'];
  const usual = home === undefined ? undefined : join(home, '.kube', 'config');
  return usual !== undefined && existsSync(usual) ? [usual] : [];
}
