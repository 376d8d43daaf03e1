import { z } from 'zod';
import { createLoader } from '../../config/load.ts';
import { type ConfigOf, type SettingTable, setting } from '../../config/setting.ts';
import {
  checkThresholds,
  KUBE_SETTINGS,
  LOG_SETTINGS,
  NAMES,
  names,
  PORT,
  port,
  TIER_SETTINGS,
} from '../../config/shared.ts';
import { TemperError } from '../../model/errors.ts';
import { parseQuantity } from '../../model/quantity.ts';

const text = z.string();
const flag = z.boolean();
const factor = z.number().gt(0).lte(1);
const cpu = z.string().refine((value) => (parseQuantity(value) ?? -1n) >= 0n);

const FACTOR = 'a number above 0, at most 1';
const BYTES = 'bytes';

/** Every setting of the service. */
export const SETTINGS = {
  ...KUBE_SETTINGS,

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

  'webhook.probeNamespace': setting(
    text,
    '',
    'a name',
    'Dry runs in this namespace are always scaled, whatever mode, percentage and factors say: the chart checks with them that the webhook works.',
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

  ...TIER_SETTINGS,

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
  'server.tls.self.secret': setting(
    text,
    '',
    'a name',
    'Secret of the release namespace in which the service keeps a certificate that it issues itself. Empty: the two files are served.',
    'restart',
  ),
  'server.tls.self.service': setting(
    text,
    '',
    'a name',
    'With it: the Service that the certificate is for.',
    'restart',
  ),
  'server.tls.self.webhookConfiguration': setting(
    text,
    '',
    'a name',
    'With it: the MutatingWebhookConfiguration that gets the CA. Empty: none.',
    'restart',
  ),
  'server.tls.self.handoverConfiguration': setting(
    text,
    '',
    'a name',
    'With it: one that is there only while certificates of another authority are replaced. The CA is added to what it trusts. Empty: none.',
    'restart',
  ),
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

  ...LOG_SETTINGS,
} as const satisfies SettingTable;

export type SettingName = keyof typeof SETTINGS;

export type Config = ConfigOf<typeof SETTINGS>;

/** The service's configuration. */
export const loadConfig = createLoader(SETTINGS, checkTogether);

function checkTogether(config: Config): void {
  checkThresholds(config);
  if (!config['webhook.enabled'] && !config['extender.enabled']) {
    throw new TemperError('TMP1004', 'nothing to serve: set webhook.enabled or extender.enabled to true');
  }
  if (config['server.tls.self.secret'] !== '' && config['server.tls.self.service'] === '') {
    throw new TemperError('TMP1004', 'server.tls.self.secret needs server.tls.self.service');
  }
  const needsTls = config['webhook.enabled'] || !config['extender.loopback'];
  if (!speaksHttps(config) && needsTls) {
    throw new TemperError(
      'TMP1004',
      'server.tls.certFile may be empty only for an extender that is served on the loopback',
    );
  }
}

/** Whether there is a certificate to serve with, in files or in a Secret. */
export function speaksHttps(config: Config): boolean {
  return config['server.tls.self.secret'] !== '' || config['server.tls.certFile'] !== '';
}
