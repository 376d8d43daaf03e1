import { MIRROR_POD } from '../../../src/model/keys.ts';
import { type ContainerSpec, own, type PodObject } from '../api/objects.ts';

/** What the plugins ServiceAccount and DefaultTolerationSeconds add to nearly every pod. */

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const VOLUME_PREFIX = 'kube-api-access-';
/** One hour and seven seconds: the lifetime by which the server tells a default token from a wanted one. */
const TOKEN_SECONDS = 3607;
const TOLERATED = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

interface Toleration {
  readonly key?: string;
  readonly effect?: string;
}

/** Gives the pod the service account `default` and mounts its token in every container. Changes the draft. */
export function applyServiceAccount(pod: PodObject, suffix: () => string): void {
  if (own(pod.metadata.annotations, MIRROR_POD) !== undefined) return;
  const { spec } = pod;
  spec['serviceAccountName'] ??= 'default';
  spec['serviceAccount'] = spec['serviceAccountName'];
  if (spec['automountServiceAccountToken'] === false) return;

  const volumes = (spec['volumes'] ?? []) as ReadonlyArray<{ readonly name: string }>;
  const present = volumes.find(({ name }) => name.startsWith(VOLUME_PREFIX));
  const without = [...(spec.initContainers ?? []), ...spec.containers].filter((container) => !mountsToken(container));
  if (without.length === 0) return;
  const name = present?.name ?? VOLUME_PREFIX + suffix();
  for (const container of without) {
    const mounts = (container['volumeMounts'] ?? []) as readonly unknown[];
    container['volumeMounts'] = [...mounts, { name, readOnly: true, mountPath: TOKEN_PATH }];
  }
  if (present === undefined) spec['volumes'] = [...volumes, tokenVolume(name)];
}

function mountsToken(container: ContainerSpec): boolean {
  const mounts = (container['volumeMounts'] ?? []) as ReadonlyArray<{ readonly mountPath: string }>;
  return mounts.some(({ mountPath }) => mountPath === TOKEN_PATH);
}

function tokenVolume(name: string): unknown {
  const sources = [
    { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  ];
  return { name, projected: { sources, defaultMode: 0o644 } };
}

/** Lets the pod stay five minutes on a node that is not ready or not reachable, unless it says otherwise itself. */
export function applyTolerations(pod: PodObject): void {
  const given = (pod.spec['tolerations'] ?? []) as readonly Toleration[];
  const added = TOLERATED.filter((key) => !given.some((toleration) => covers(toleration, key))).map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  }));
  if (added.length > 0) pod.spec['tolerations'] = [...given, ...added];
}

function covers({ key = '', effect = '' }: Toleration, tolerated: string): boolean {
  return (key === tolerated || key === '') && (effect === 'NoExecute' || effect === '');
}
