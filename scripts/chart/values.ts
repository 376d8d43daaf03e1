import { z } from 'zod';
import { SETTINGS as AGENT } from '../../agent/config/settings.ts';
import { SETTINGS as SERVICE } from '../../src/service/config/settings.ts';

/**
 * What the chart's values may be. values.schema.json is written from this, so that what a process refuses is refused by
 * helm already, with the same bounds.
 */

const text = z.string();
const flag = z.boolean();
const cidr = z.string().regex(/^[0-9a-fA-F.:]+\/[0-9]{1,3}$/);
const port = z.int().min(1).max(65_535);
const name = z.string().regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/);
const words = z.record(text, text);
/** Objects of Kubernetes: the API server judges them. */
const foreign = z.record(text, z.unknown());
const repository = z.string().regex(/^[^\s@]*$/);
const image = z.strictObject({
  repository,
  tag: z.string().regex(/^[\w][\w.-]{0,127}$|^$/),
  digest: z.string().regex(/^(sha256:[0-9a-f]{64})?$/),
});
const resources = z.strictObject({
  requests: foreign.optional(),
  limits: foreign.optional(),
  claims: z.array(foreign).optional(),
});
/** `--set` makes booleans and numbers of what looks like them. */
/** It leaves a decimal a string, which the templates print as the number it is. */
const decimal = <Schema extends z.ZodType>(number: Schema, asText: RegExp) => z.union([number, text.regex(asText)]);
const fraction = /^(0?\.[0-9]*[1-9][0-9]*|1\.0+)$/;
const nodeSelector = z.record(text, z.union([text, flag, z.number()]));
const tolerations = z.array(foreign);
const interval = z.string().regex(/^[0-9]+(ms|s|m|h)$/);
const monitor = z.strictObject({ enabled: flag, interval, labels: words });

const agentConfig = z.strictObject({
  enforce: AGENT.enforce.schema,
  limits: AGENT.limits.schema,
  reserve: z.strictObject({ cores: AGENT['reserve.cores'].schema }),
  scheduler: z.strictObject({
    startTimeoutMs: AGENT['scheduler.startTimeoutMs'].schema,
    debounceMs: AGENT['scheduler.debounceMs'].schema,
    holdMs: AGENT['scheduler.holdMs'].schema,
    attachesPerHour: AGENT['scheduler.attachesPerHour'].schema,
    calmMs: AGENT['scheduler.calmMs'].schema,
  }),
  publish: z.strictObject({ heartbeatMs: AGENT['publish.heartbeatMs'].schema }),
  log: z.strictObject({ level: AGENT['log.level'].schema }),
});

const agent = z.strictObject({
  enabled: flag,
  image,
  config: agentConfig,
  nodeSelector,
  tolerations,
  priorityClassName: name,
  resources,
  update: z.strictObject({ minReadySeconds: z.int().min(0).max(3_600) }),
  mounts: z.strictObject({ kernelConfig: flag, kubelet: flag }),
  podAnnotations: words,
  canary: z.strictObject({ enabled: flag, image, nodeSelector }),
  confinement: z.strictObject({ enabled: flag }),
});

const webhook = z.strictObject({
  enabled: flag,
  mode: SERVICE['webhook.mode'].schema,
  percentage: decimal(SERVICE['webhook.percentage'].schema, /^([0-9]{0,2}\.[0-9]+|100\.0+)$/),
  factors: z.strictObject({
    high: decimal(SERVICE['webhook.factors.high'].schema, fraction),
    normal: decimal(SERVICE['webhook.factors.normal'].schema, fraction),
    low: decimal(SERVICE['webhook.factors.low'].schema, fraction),
    background: decimal(SERVICE['webhook.factors.background'].schema, fraction),
  }),
  floor: z.string().regex(/^[0-9]+(\.[0-9]+)?m?$/),
  minimumFactor: decimal(SERVICE['webhook.minimumFactor'].schema, fraction),
  guaranteed: SERVICE['webhook.guaranteed'].schema,
  cpuHpa: SERVICE['webhook.cpuHpa'].schema,
  warnings: flag,
  excludedNamespaces: SERVICE['webhook.excludedNamespaces'].schema,
  timeoutSeconds: z.int().min(1).max(10),
  matchConditions: z.array(z.strictObject({ name: text, expression: text })).max(60),
  annotations: words,
});

const scheduler = z.strictObject({
  enabled: flag,
  name: name.min(1),
  image,
  replicas: z.int().min(0).max(10),
  weight: z.int().min(1).max(100),
  percentageOfNodesToScore: z.int().min(0).max(100),
  client: z.strictObject({ qps: decimal(z.number().positive(), /^[0-9]*\.[0-9]*[1-9][0-9]*$/), burst: z.int().min(1) }),
  priorityClassName: name,
  resources,
  extenderResources: resources,
  nodeSelector,
  tolerations,
});

const service = z.strictObject({
  image,
  replicas: z.int().min(1).max(20),
  port,
  priorityClassName: name,
  resources,
  drainMs: SERVICE['server.drainMs'].schema,
  log: z.strictObject({ level: SERVICE['log.level'].schema }),
  nodeSelector,
  tolerations,
  podAnnotations: words,
  podDisruptionBudget: z.strictObject({ maxUnavailable: z.int().min(1).max(20) }),
});

const tls = z.strictObject({
  mode: z.enum(['self', 'cert-manager', 'existingSecret']),
  existingSecret: name,
  caBundle: text,
  certManager: z.strictObject({
    issuerRef: z.strictObject({ name: text, kind: z.enum(['Issuer', 'ClusterIssuer']), group: text }),
    durationHours: z.int().min(24).max(87_600),
  }),
});

/** Deny tells the user already; the API server refuses it beside Warn. */
const guardActions = z.union([
  z
    .array(z.enum(['Warn', 'Audit']))
    .min(1)
    .max(2),
  z
    .array(z.enum(['Deny', 'Audit']))
    .min(1)
    .max(2),
]);

export const VALUES = z.strictObject({
  fullnameOverride: name,
  commonLabels: words,
  image: z.strictObject({
    registry: text,
    tag: image.shape.tag,
    pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
    pullSecrets: z.array(name),
  }),
  tiers: z.strictObject({
    mode: AGENT['priorityMapping.mode'].schema,
    thresholds: z.strictObject({
      critical: AGENT['priorityMapping.critical'].schema,
      high: AGENT['priorityMapping.high'].schema,
      normal: AGENT['priorityMapping.normal'].schema,
      low: AGENT['priorityMapping.low'].schema,
    }),
    systemNamespaces: AGENT.systemNamespaces.schema,
  }),
  priorityClasses: z.strictObject({ enabled: flag }),
  agent,
  preflight: z.strictObject({ enabled: flag, image }),
  webhook,
  extender: z.strictObject({
    enabled: flag,
    filter: SERVICE['extender.filter'].schema,
    filterAcknowledgement: text,
    schedulerNames: SERVICE['extender.schedulerNames'].schema,
  }),
  scheduler,
  service,
  tls,
  tierGuard: z.strictObject({ enabled: flag, actions: guardActions }),
  networkPolicy: z.strictObject({
    enabled: flag,
    apiServerPorts: z.array(port).min(1),
    apiServerCidrs: z.array(cidr),
    metricsFrom: z.array(foreign),
  }),
  serviceMonitor: monitor,
  podMonitor: monitor,
  prometheusRule: z.strictObject({ enabled: flag, labels: words }),
  grafana: z.strictObject({
    dashboards: z.strictObject({ enabled: flag, label: text.min(1), labelValue: text, annotations: words }),
  }),
  cli: z.strictObject({ image }),
  startupCheck: z.strictObject({ enabled: flag, withinSeconds: z.int().min(1).max(540) }),
  uninstall: z.strictObject({ check: flag, force: flag, cleanNodes: flag }),
  /** Helm's own: what a chart above this one has for all. */
  global: foreign.optional(),
});

/** The text of values.schema.json. */
export function valuesSchema(): string {
  const schema = z.toJSONSchema(VALUES, { target: 'draft-7', io: 'input' });
  return `${JSON.stringify({ ...schema, title: "Values of temper's chart" }, null, 2)}\n`;
}
