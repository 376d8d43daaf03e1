import { z } from 'zod';
import { parseQuantity } from '../../model/quantity.ts';
import { LOG_LEVELS } from '../../telemetry/logger.ts';

/**
 * Every setting of the service: what it means, what it may be, what it is without being set. File
 * keys, environment variables, flags and docs/reference/configuration.md all follow from this table.
 */
export interface Setting {
  readonly schema: z.ZodType;
  readonly default: unknown;
  readonly help: string;
  /** What may be given, for people. */
  readonly values: string;
  /** Whether it is read only at start. */
  readonly restart: boolean;
}

const text = z.string();
const flag = z.boolean();
const port = z.int().min(0).max(65_535);
const factor = z.number().gt(0).lte(1);
const priority = z.int().min(-2_147_483_648).max(1_000_000_000);
const names = z.array(z.string().max(253)).max(1_000);
const cpu = z.string().refine((value) => (parseQuantity(value) ?? -1n) >= 0n);

const FACTOR = 'a number above 0, at most 1';
const PORT = 'a port; 0 takes a free one';
const PRIORITY = 'an integer up to 1000000000';
const NAMES = 'a list of names';
const BYTES = 'bytes';

function setting<S extends z.ZodType>(
  schema: S,
  fallback: z.output<S>,
  values: string,
  help: string,
  when: 'live' | 'restart' = 'live',
) {
  return { schema, default: fallback, values, help, restart: when === 'restart' };
}

export const SETTINGS = {
  'kube.kubeconfig': setting(
    text,
    '',
    'a path',
    'Kubeconfig to use; without it KUBECONFIG, ~/.kube/config, then the account of the pod.',
    'restart',
  ),
  'kube.context': setting(text, '', 'a name', 'Context of the kubeconfig; without it the current one.', 'restart'),

  'webhook.enabled': setting(flag, false, 'true or false', 'Serve the overcommit webhook.', 'restart'),
  'webhook.mode': setting(
    z.enum(['enforce', 'shadow']),
    'enforce',
    'enforce or shadow',
    'shadow decides and counts, and changes nothing.',
  ),
  'webhook.percentage': setting(
    z.number().min(0).max(100),
    100,
    'a number from 0 to 100',
    'Share of workloads to scale; a workload that is in stays in when it grows.',
  ),
  'webhook.factors.high': setting(factor, 1, FACTOR, 'Factor for CPU requests of the High tier.'),
  'webhook.factors.normal': setting(factor, 0.7, FACTOR, 'Factor for CPU requests of the Normal tier.'),
  'webhook.factors.low': setting(factor, 0.5, FACTOR, 'Factor for CPU requests of the Low tier.'),
  'webhook.factors.background': setting(factor, 0.5, FACTOR, 'Factor for CPU requests of the Background tier.'),
  'webhook.floor': setting(
    cpu,
    '10m',
    'a CPU quantity',
    'No request is scaled below this; smaller ones are left alone.',
  ),
  'webhook.minimumFactor': setting(
    factor,
    0.25,
    FACTOR,
    'No factor below this is applied, whatever a namespace asks for; records of original requests that claim more are not believed.',
    'restart',
  ),
  'webhook.guaranteed': setting(
    z.enum(['skip', 'scale']),
    'skip',
    'skip or scale',
    'Whether pods of the QoS class Guaranteed, which scaling makes Burstable, are scaled.',
  ),
  'webhook.cpuHpa': setting(
    z.enum(['skip', 'scale']),
    'skip',
    'skip or scale',
    'Whether pods are scaled whose HorizontalPodAutoscaler reads CPU use as a share of the request.',
  ),
  'webhook.warnings': setting(flag, false, 'true or false', 'Tell the user who creates a pod that it was scaled.'),
  'webhook.excludedNamespaces': setting(
    names,
    [],
    NAMES,
    'Namespaces that are never scaled, besides the system namespaces and the release namespace.',
  ),

  'extender.enabled': setting(flag, false, 'true or false', 'Serve the scheduler extender.', 'restart'),
  'extender.loopback': setting(
    flag,
    false,
    'true or false',
    'Also serve the scheduler routes as plain HTTP on the loopback, for the side car of a scheduler.',
    'restart',
  ),
  'extender.filter': setting(
    flag,
    false,
    'true or false',
    'Let the filter verb take away nodes that cannot protect a Critical or High pod; never the last one.',
  ),
  'extender.schedulerNames': setting(
    names,
    [],
    NAMES,
    'Schedulers whose pods are scored; empty: every pod that is asked about.',
  ),

  'priorityMapping.mode': setting(
    z.enum(['value', 'named']),
    'value',
    'value or named',
    'value: by spec.priority. named: only the classes of the chart count, all else goes by QoS class.',
    'restart',
  ),
  'priorityMapping.critical': setting(
    priority,
    1_000_000,
    PRIORITY,
    'Lowest priority of the Critical tier.',
    'restart',
  ),
  'priorityMapping.high': setting(priority, 100_000, PRIORITY, 'Lowest priority of the High tier.', 'restart'),
  'priorityMapping.normal': setting(priority, 0, PRIORITY, 'Lowest priority of the Normal tier.', 'restart'),
  'priorityMapping.low': setting(
    priority,
    -100,
    PRIORITY,
    'Lowest priority of the Low tier; what is below is Background.',
    'restart',
  ),
  systemNamespaces: setting(
    names,
    ['kube-system'],
    NAMES,
    'Namespaces whose pods of system priority are system pods.',
    'restart',
  ),
  releaseNamespace: setting(
    text,
    'temper',
    'a name',
    'The namespace temper runs in; treated as a system namespace.',
    'restart',
  ),

  'server.host': setting(
    text,
    '0.0.0.0',
    'an address',
    'Address of the HTTPS port and of the metrics port.',
    'restart',
  ),
  'server.port': setting(port, 8443, PORT, 'HTTPS: /mutate and /scheduler/*.', 'restart'),
  'server.loopbackPort': setting(
    port,
    8444,
    PORT,
    'Plain HTTP on 127.0.0.1: /scheduler/*, where extender.loopback is true.',
    'restart',
  ),
  'server.metricsPort': setting(port, 8080, PORT, 'Plain HTTP: /metrics, /healthz, /readyz.', 'restart'),
  'server.explainPort': setting(
    port,
    8081,
    PORT,
    'Plain HTTP on 127.0.0.1: /explain/*, reached by port-forward.',
    'restart',
  ),
  'server.tls.certFile': setting(
    text,
    '/etc/temper/tls/tls.crt',
    'a path',
    'Serving certificate, PEM; a new one is taken up without a restart. Empty: no HTTPS port, for an extender on the loopback alone.',
    'restart',
  ),
  'server.tls.keyFile': setting(text, '/etc/temper/tls/tls.key', 'a path', 'Its private key, PEM.', 'restart'),
  'server.bodyLimitBytes': setting(
    z.int().min(65_536).max(67_108_864),
    8_388_608,
    BYTES,
    'Largest request body.',
    'restart',
  ),
  'server.inFlightBytes': setting(
    z.int().min(1_048_576).max(1_073_741_824),
    67_108_864,
    BYTES,
    'Bodies being read at one moment, together.',
    'restart',
  ),
  'server.requestTimeoutMs': setting(
    z.int().min(100).max(300_000),
    10_000,
    'milliseconds',
    'A whole request must arrive within this.',
    'restart',
  ),
  'server.keepAliveMs': setting(
    z.int().min(1_000).max(600_000),
    120_000,
    'milliseconds',
    'How long an idle connection is kept; above the 90 s of Go clients, so that they close first.',
    'restart',
  ),
  'server.drainMs': setting(
    z.int().min(0).max(120_000),
    8_000,
    'milliseconds',
    'How long to go on serving after readiness failed at SIGTERM, until the endpoints have forgotten this pod.',
  ),
  'server.reloadMs': setting(
    z.int().min(100).max(3_600_000),
    5_000,
    'milliseconds',
    'How often to look whether the configuration file or the certificate changed.',
    'restart',
  ),

  'log.level': setting(z.enum(LOG_LEVELS), 'info', LOG_LEVELS.join(', '), 'Least severity that is logged.'),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** All settings with their values, by their dotted names. */
export type Config = { readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> };

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** `webhook.minimumFactor` -> `TEMPER_WEBHOOK_MINIMUM_FACTOR`. */
export function environmentName(name: SettingName): string {
  return `TEMPER_${words(name).join('_').toUpperCase()}`;
}

/** `webhook.minimumFactor` -> `webhook-minimum-factor`. */
export function flagName(name: SettingName): string {
  return words(name).join('-').toLowerCase();
}

function words(name: string): string[] {
  return name.replace(/([a-z])([A-Z])/g, '$1.$2').split('.');
}
