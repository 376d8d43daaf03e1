import type { LabContainer, LabPod } from './pod.ts';

/** What only the node knows of a pod. */
export interface Place {
  readonly podIp: string;
  readonly hostIp: string;
  /** Of the API server's Service. */
  readonly apiHost: string;
}

/** The environment of a container as kubelet makes it. */
export function environmentOf(
  container: LabContainer,
  pod: LabPod,
  place: Place,
  ofImage: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const env: Record<string, string> = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ...ofImage,
    HOSTNAME: pod.metadata.name,
    KUBERNETES_SERVICE_HOST: place.apiHost,
    KUBERNETES_SERVICE_PORT: '443',
  };
  for (const { name, value = '', valueFrom } of container.env) {
    env[name] = valueFrom === undefined ? expand(value, env) : fieldOf(valueFrom.fieldRef.fieldPath, pod, place);
  }
  return env;
}

/** `$(NAME)` in arguments and values; what is not set stays as it is, `$$(NAME)` is an escape. */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\$|\$\(([^)]+)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (env[name] ?? whole),
  );
}

/** @throws Error for a field that the downward API does not have */
export function fieldOf(path: string, { metadata, spec }: LabPod, { podIp, hostIp }: Place): string {
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': podIp,
    'status.hostIP': hostIp,
  };
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null) return metadata[keyed[1] as 'labels' | 'annotations'][keyed[2] ?? ''] ?? '';
  const value = fields[path];
  if (value === undefined) throw new Error(`the lab cannot run this pod: there is no field ${path}`);
  return value;
}
