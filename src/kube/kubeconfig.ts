import type { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { Cluster, KubeConfig as Config, Context, User } from '@kubernetes/client-node';
import { TemperError } from '../model/errors.ts';
import type { RequestCredentials, ServerAccess } from './access.ts';

/** What is read out of one or more kubeconfig files. */
interface Merged {
  readonly clusters: Cluster[];
  readonly users: User[];
  readonly contexts: Context[];
  readonly currentContext: string;
}

/**
 * Access as kubeconfig files describe it, with their tokens, certificates, exec plugins and proxies.
 *
 * @param files in order; of two entries with the same name the first counts, as with kubectl
 * @param context the context to use instead of the current one
 * @throws TemperError TMP3001 when a file is not usable or the context does not lead to a cluster
 */
export async function kubeconfigAccess(files: readonly string[], context?: string): Promise<ServerAccess> {
  // 80 MB and half a second that a pod with its ServiceAccount never pays.
  const { KubeConfig } = await import('./kube-config.ts');
  const load = (): Config => {
    const configs = files.map((file) => {
      const config = new KubeConfig();
      read(config, file);
      return config;
    });
    const usable = new KubeConfig();
    usable.loadFromOptions(mended(merge(configs, context)));
    return usable;
  };

  const first = load();
  const cluster = first.getCurrentCluster();
  if (cluster === null) throw unusable(`context ${JSON.stringify(first.getCurrentContext())} leads to no cluster`);
  if (!URL.canParse(cluster.server)) throw unusable('the server of the cluster is not a URL');
  const proxied = cluster.proxyUrl !== undefined && cluster.proxyUrl !== '';
  let current: Config | undefined = first;
  return {
    server: new URL(cluster.server),
    source: `${files.join(', ')}, context ${first.getCurrentContext()}`,
    credentials: async () => {
      current ??= load();
      return await credentialsOf(current, proxied);
    },
    renew: () => {
      current = undefined;
    },
  };
}

async function credentialsOf(config: Config, proxied: boolean): Promise<RequestCredentials> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const { ca, cert, key, servername, rejectUnauthorized, auth } = options;
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value).trim()]);
  return {
    headers: Object.fromEntries(headers),
    tls: {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(servername !== undefined && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    },
    ...(typeof auth === 'string' && { auth }),
    // The library's agent pins the certificates of the first request for good, so without a proxy it is not used.
    ...(proxied && { proxy: options.agent as Agent }),
  };
}

function read(config: Config, file: string): void {
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw unusable(`${file}: ${problemOf(error)}`);
  }
}

/** The messages of a YAML parser quote the text it stumbled over, which may be a token: only the place is told. */
function problemOf(error: unknown): string {
  const { code, name, mark } = error as { code?: string; name?: string; mark?: { line?: number } };
  if (code !== undefined) return code;
  if (name === 'YAMLException') return mark?.line === undefined ? 'not YAML' : `not YAML, in line ${mark.line + 1}`;
  return 'not a kubeconfig: a cluster, user or context lacks its name or content';
}

function merge(configs: readonly Config[], context: string | undefined): Merged {
  return {
    clusters: firstOfEachName(configs.flatMap((config) => config.getClusters())),
    users: firstOfEachName(configs.flatMap((config) => config.getUsers())),
    contexts: firstOfEachName(configs.flatMap((config) => config.getContexts())),
    currentContext: context ?? configs.map((config) => config.getCurrentContext()).find((name) => name) ?? '',
  };
}

function firstOfEachName<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  const byName = new Map<string, T>();
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
}

const NOBODY = 'temper: no user';

/**
 * Two kinds of kubeconfig that kubectl takes and the library does not: plain HTTP without
 * `insecure-skip-tls-verify` is refused, and in a context without a user the CA is forgotten.
 */
function mended(config: Merged): Merged {
  return {
    ...config,
    clusters: config.clusters.map((cluster) =>
      cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
    ),
    users: [...config.users, { name: NOBODY }],
    contexts: config.contexts.map((entry) => ({ ...entry, user: entry.user ?? NOBODY })),
  };
}

function unusable(detail: string): TemperError {
  return new TemperError('TMP3001', detail);
}
