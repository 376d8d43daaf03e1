import { z } from 'zod';
import { isRecord } from './objects.ts';
import {
  AUTOSCALERS,
  LIMIT_RANGES,
  MUTATING_WEBHOOKS,
  NODES,
  PODS,
  PRIORITY_CLASSES,
  RESOURCE_QUOTAS,
  type ResourceType,
} from './resources.ts';

/** The fields of API objects that the stand-in reads, with their types; everything else may be anything. */

/** A map whose values all pass; unlike zod's own records it also looks at a key named `__proto__`. */
function mapOf(what: string, passes: (value: unknown) => boolean): z.ZodType {
  const check = (value: unknown): boolean => isRecord(value) && Object.values(value).every(passes);
  return z.custom(check, `expected a map of ${what}`);
}

const strings = mapOf('strings', (value) => typeof value === 'string');
const quantities = mapOf('quantities', (value) => typeof value === 'string' || typeof value === 'number');
const requirements = z.looseObject({ requests: quantities.optional(), limits: quantities.optional() });

const metadata = z.looseObject({
  name: z.string().optional(),
  generateName: z.string().optional(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  labels: strings.optional(),
  annotations: strings.optional(),
  ownerReferences: z
    .array(z.looseObject({ apiVersion: z.string(), kind: z.string(), name: z.string(), uid: z.string() }))
    .optional(),
});

const container = z.looseObject({
  name: z.string().optional(),
  image: z.string().optional(),
  restartPolicy: z.string().optional(),
  resources: requirements.optional(),
  volumeMounts: z.array(z.looseObject({ mountPath: z.string() })).optional(),
});

const condition = z.looseObject({ type: z.string(), status: z.string() });

const pod = z.looseObject({
  metadata,
  spec: z.looseObject({
    containers: z.array(container),
    initContainers: z.array(container).optional(),
    volumes: z.array(z.looseObject({ name: z.string() })).optional(),
    tolerations: z.array(z.looseObject({})).optional(),
    overhead: quantities.optional(),
    resources: requirements.optional(),
    nodeName: z.string().optional(),
    schedulerName: z.string().optional(),
    priority: z.int32().optional(),
    priorityClassName: z.string().optional(),
    preemptionPolicy: z.string().optional(),
    terminationGracePeriodSeconds: z.int().optional(),
  }),
  status: z.looseObject({ phase: z.string().optional(), conditions: z.array(condition).optional() }).optional(),
});

const limits = z.looseObject({
  type: z.string(),
  min: quantities.optional(),
  max: quantities.optional(),
  default: quantities.optional(),
  defaultRequest: quantities.optional(),
  maxLimitRequestRatio: quantities.optional(),
});

const other = z.looseObject({ metadata });

const selector = z.looseObject({
  matchLabels: strings.optional(),
  matchExpressions: z
    .array(
      z.looseObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

/** Without what the stand-in could only pass over: a Service to ask, and CEL. */
const webhook = z.looseObject({
  name: z.string(),
  clientConfig: z.strictObject({ url: z.string(), caBundle: z.base64() }),
  rules: z.array(
    z.looseObject({
      apiGroups: z.array(z.string()),
      apiVersions: z.array(z.string()),
      operations: z.array(z.string()),
      resources: z.array(z.string()),
    }),
  ),
  failurePolicy: z.enum(['Ignore', 'Fail']).optional(),
  namespaceSelector: selector.optional(),
  objectSelector: selector.optional(),
  reinvocationPolicy: z.enum(['Never', 'IfNeeded']).optional(),
  timeoutSeconds: z.int().min(1).max(30).optional(),
  sideEffects: z.enum(['None', 'NoneOnDryRun']),
  admissionReviewVersions: z.array(z.string()).min(1),
  matchConditions: z.undefined().optional(),
});

const SCHEMAS: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  [PODS.plural, pod],
  [
    NODES.plural,
    other.extend({
      spec: z.looseObject({ unschedulable: z.boolean().optional() }).optional(),
      status: z.looseObject({ capacity: quantities.optional(), allocatable: quantities.optional() }).optional(),
    }),
  ],
  [LIMIT_RANGES.plural, other.extend({ spec: z.looseObject({ limits: z.array(limits) }) })],
  [RESOURCE_QUOTAS.plural, other.extend({ spec: z.looseObject({ hard: quantities }) })],
  [
    AUTOSCALERS.plural,
    other.extend({ spec: z.looseObject({ scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }) }) }),
  ],
  [PRIORITY_CLASSES.plural, other.extend({ value: z.int32(), globalDefault: z.boolean().optional() })],
  [MUTATING_WEBHOOKS.plural, other.extend({ webhooks: z.array(webhook).optional() })],
]);

export function schemaOf({ plural }: ResourceType): z.ZodType {
  return SCHEMAS.get(plural) ?? other;
}
