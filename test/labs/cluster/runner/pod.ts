import { z } from 'zod';

/**
 * What the lab's kubelet does with a pod. It is strict: a field that it does not know is an error, so that nothing of the
 * chart passes here without having had its effect. Fields that only others act on are listed as such.
 */

const forOthers = z.unknown();
const strings = z.record(z.string(), z.string());

const fieldRef = z.strictObject({ apiVersion: z.literal('v1').optional(), fieldPath: z.string() });
const items = z.array(z.strictObject({ key: z.string(), path: z.string() })).optional();

const env = z.strictObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.strictObject({ fieldRef }).optional(),
});

const httpGet = z.strictObject({
  path: z.string(),
  port: z.union([z.string(), z.int()]),
  scheme: z.enum(['HTTP', 'HTTPS']),
});

const probe = z.strictObject({
  httpGet,
  initialDelaySeconds: z.int().optional(),
  periodSeconds: z.int(),
  timeoutSeconds: z.int(),
  successThreshold: z.int(),
  failureThreshold: z.int(),
});

const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  imagePullPolicy: forOthers.optional(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).default([]),
  env: z.array(env).default([]),
  ports: z.array(z.looseObject({ name: z.string().optional(), containerPort: z.int() })).default([]),
  resources: forOthers.optional(),
  restartPolicy: z.literal('Always').optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
  startupProbe: probe.optional(),
  securityContext: z
    .strictObject({
      privileged: z.boolean().optional(),
      allowPrivilegeEscalation: forOthers.optional(),
      readOnlyRootFilesystem: z.boolean().optional(),
      runAsUser: z.int().optional(),
      runAsGroup: z.int().optional(),
      runAsNonRoot: z.boolean().optional(),
      seccompProfile: forOthers.optional(),
      capabilities: z
        .strictObject({ add: z.array(z.string()).optional(), drop: z.array(z.string()).optional() })
        .optional(),
    })
    .optional(),
  terminationMessagePath: forOthers.optional(),
  terminationMessagePolicy: z.enum(['File', 'FallbackToLogsOnError']),
  volumeMounts: z
    .array(
      z.strictObject({
        name: z.string(),
        mountPath: z.string(),
        readOnly: z.boolean().optional(),
        recursiveReadOnly: forOthers.optional(),
        // Nothing is mounted below a volume here.
        mountPropagation: forOthers.optional(),
      }),
    )
    .default([]),
});

const projected = z.strictObject({
  defaultMode: z.int(),
  sources: z.array(
    z.strictObject({
      serviceAccountToken: z
        .strictObject({ path: z.string(), expirationSeconds: z.int().optional(), audience: z.string().optional() })
        .optional(),
      configMap: z.strictObject({ name: z.string(), items, optional: z.boolean().optional() }).optional(),
      secret: z.strictObject({ name: z.string(), items, optional: z.boolean().optional() }).optional(),
      downwardAPI: z.strictObject({ items: z.array(z.strictObject({ path: z.string(), fieldRef })) }).optional(),
    }),
  ),
});

const volume = z.strictObject({
  name: z.string(),
  configMap: z
    .strictObject({ name: z.string(), items, defaultMode: z.int(), optional: z.boolean().optional() })
    .optional(),
  secret: z
    .strictObject({ secretName: z.string(), items, defaultMode: z.int(), optional: z.boolean().optional() })
    .optional(),
  projected: projected.optional(),
  emptyDir: forOthers.optional(),
  hostPath: z.strictObject({ path: z.string(), type: z.string().optional() }).optional(),
});

const spec = z.strictObject({
  containers: z.array(container),
  initContainers: z.array(container).default([]),
  volumes: z.array(volume).default([]),
  restartPolicy: z.enum(['Always', 'OnFailure', 'Never']),
  terminationGracePeriodSeconds: z.int(),
  nodeName: z.string(),
  serviceAccountName: z.string(),
  hostPID: z.boolean().optional(),
  securityContext: z
    .strictObject({
      runAsNonRoot: z.boolean().optional(),
      runAsUser: z.int().optional(),
      runAsGroup: z.int().optional(),
      fsGroup: z.int().optional(),
      seccompProfile: forOthers.optional(),
    })
    .default({}),
  // Of the scheduler, of controllers and of admission.
  affinity: forOthers.optional(),
  automountServiceAccountToken: forOthers.optional(),
  dnsPolicy: forOthers.optional(),
  enableServiceLinks: forOthers.optional(),
  imagePullSecrets: forOthers.optional(),
  nodeSelector: forOthers.optional(),
  preemptionPolicy: forOthers.optional(),
  priority: forOthers.optional(),
  priorityClassName: forOthers.optional(),
  schedulerName: forOthers.optional(),
  serviceAccount: forOthers.optional(),
  tolerations: forOthers.optional(),
  topologySpreadConstraints: forOthers.optional(),
});

const pod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().optional(),
    deletionGracePeriodSeconds: z.int().optional(),
    labels: strings.default({}),
    annotations: strings.default({}),
  }),
  spec,
});

export type LabPod = z.infer<typeof pod>;
export type LabContainer = z.infer<typeof container>;
export type LabVolume = z.infer<typeof volume>;
export type Probe = z.infer<typeof probe>;

/** @throws Error that names the first field which nothing here would act on */
export function readLabPod(object: unknown): LabPod {
  const { data, error } = pod.safeParse(object);
  const issue = error?.issues[0];
  if (data === undefined) throw new Error(`the lab cannot run this pod: ${issue?.path.join('.')}: ${issue?.message}`);
  return data;
}
