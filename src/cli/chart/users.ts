import { z } from 'zod';
import type { Resource } from '../../kube/resource.ts';

/** What of the release a workload would miss. */
export interface Wanted {
  readonly schedulerName?: string;
  /** Names of PriorityClasses. */
  readonly classes: ReadonlySet<string>;
}

/** A workload, or a pod without one, that names something of ours. */
export interface User {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uses: readonly string[];
}

const podSpec = z.object({ schedulerName: z.string().optional(), priorityClassName: z.string().optional() });

const workload = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    ownerReferences: z.array(z.object({ kind: z.string(), controller: z.boolean().optional() })).optional(),
  }),
  spec: z.object({
    ...podSpec.shape,
    replicas: z.int().optional(),
    template: z.object({ spec: podSpec.optional() }).optional(),
    jobTemplate: z.object({ spec: z.object({ template: z.object({ spec: podSpec.optional() }) }) }).optional(),
  }),
  status: z
    .object({
      phase: z.string().optional(),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional(),
    })
    .optional(),
});

type Workload = z.output<typeof workload>;

/** The kinds of Kubernetes' own that make pods, and pods. What they own is spoken for by them. */
const KINDS = {
  Deployment: '/apis/apps/v1/deployments',
  StatefulSet: '/apis/apps/v1/statefulsets',
  DaemonSet: '/apis/apps/v1/daemonsets',
  ReplicaSet: '/apis/apps/v1/replicasets',
  ReplicationController: '/api/v1/replicationcontrollers',
  CronJob: '/apis/batch/v1/cronjobs',
  Job: '/apis/batch/v1/jobs',
  Pod: '/api/v1/pods',
} as const;

export function userResources(wanted: Wanted): Resource<User | 'other'>[] {
  return Object.entries(KINDS).map(([kind, path]) => ({
    name: path.replace(/^.*\//, ''),
    path,
    read: (object) => {
      const { data } = workload.safeParse(object);
      if (data === undefined) return null;
      return userOf(kind, data, wanted) ?? 'other';
    },
  }));
}

function userOf(kind: string, { metadata, spec, status }: Workload, wanted: Wanted): User | null {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (owner !== undefined && owner.kind in KINDS) return null;
  if (isOver(kind, spec, status)) return null;
  const template = spec.template?.spec ?? spec.jobTemplate?.spec.template.spec ?? (kind === 'Pod' ? spec : undefined);
  const { schedulerName, priorityClassName } = template ?? {};
  const uses: string[] = [];
  if (schedulerName !== undefined && schedulerName === wanted.schedulerName)
    uses.push(`schedulerName ${schedulerName}`);
  // A pod that is there keeps its priority; only new ones are refused.
  const isTemplate = kind !== 'Pod';
  if (isTemplate && priorityClassName !== undefined && wanted.classes.has(priorityClassName))
    uses.push(`priorityClassName ${priorityClassName}`);
  return uses.length === 0 ? null : { kind, namespace: metadata.namespace, name: metadata.name, uses };
}

/** What makes no pod any more. A Deployment or StatefulSet of no replicas may grow again. */
function isOver(kind: string, spec: Workload['spec'], status: Workload['status']): boolean {
  if (kind === 'Pod') return status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (kind === 'ReplicaSet') return spec.replicas === 0;
  if (kind !== 'Job') return false;
  return (status?.conditions ?? []).some(({ type, status: is }) => /^(Complete|Failed)$/.test(type) && is === 'True');
}
