import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { createExtender, type Extender } from '../../extender/engine.ts';
import { extenderRoutes } from '../../extender/routes.ts';
import { createWebhook, type Webhook } from '../../webhooks/engine.ts';
import { webhookRoutes } from '../../webhooks/routes.ts';
import type { KubeSender, KubeTransport } from '../kube/transport.ts';
import type { Clock } from '../model/clock.ts';
import { TemperError } from '../model/errors.ts';
import { type ReadinessCheck, readiness } from '../telemetry/health.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { stackOf } from '../telemetry/stack.ts';
import { exportWatches, watchObserver } from '../telemetry/watches.ts';
import { type CertificateKeeper, certificateKeeper } from './certificates/keeper.ts';
import { type Config, speaksHttps } from './config/settings.ts';
import { createDrain } from './drain.ts';
import { explainRoutes } from './explain/routes.ts';
import { InFlight } from './http/in-flight.ts';
import { opsRoutes } from './http/ops.ts';
import { createServer, type ServerOptions } from './http/server.ts';
import { extenderSettings, podPolicy, webhookPolicy } from './policy.ts';
import type { Certificate } from './tls.ts';
import { createWatches, type Watches } from './watches.ts';

export interface ServiceDeps {
  readonly config: Config;
  readonly transport: KubeTransport & KubeSender;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export interface Service {
  /** The port of each listener, by its name: https, loopback, ops, explain. */
  readonly ports: Readonly<Record<string, number>>;
  /** Takes up settings that may change at run time. */
  configure(config: Config): void;
  /** Leaves without failing a request. */
  stop(): Promise<void>;
}

interface Listener {
  readonly name: string;
  readonly app: FastifyInstance;
  readonly host: string;
  readonly port: number;
  /** Of the one that speaks HTTPS. */
  readonly certificate?: Certificate;
}

interface Parts {
  readonly watches: Watches;
  readonly webhook: Webhook | null;
  readonly extender: Extender | null;
  readonly checks: readonly ReadinessCheck[];
  /** Null where there is no HTTPS. */
  readonly keeper: CertificateKeeper | null;
  readonly isDraining: () => boolean;
}

const LOOPBACK = '127.0.0.1';

/**
 * Starts the service: listeners first, so that probes are answered and say why it is not ready, then
 * the watches.
 *
 * @throws {TemperError} TMP1101 for a certificate that is not usable, TMP1201 where it cannot listen.
 */
export async function startService(deps: ServiceDeps): Promise<Service> {
  const { config, clock, metrics, logger } = deps;
  let current = config;
  const drain = createDrain(clock);
  const watches = createWatches({ ...deps, observer: watchObserver(metrics, logger) }, podPolicy(config));
  const webhook = config['webhook.enabled']
    ? createWebhook({ stores: watches, clock, metrics, logger }, webhookPolicy(config))
    : null;
  const extender = config['extender.enabled']
    ? createExtender({ ...watches, clock, metrics, logger, settings: extenderSettings(config) })
    : null;
  const keeper = speaksHttps(config) ? certificateKeeper(deps) : null;
  const checks = [drain.check, ...(keeper === null ? [] : [keeper.check]), ...syncChecks(watches, config)];

  const listeners = createListeners(deps, { watches, webhook, extender, checks, keeper, isDraining: drain.isDraining });
  exportWatches(watches.all, metrics, clock.now);
  metrics.onScrape('temper_service_ready', (set) => set({}, readiness(checks).ready ? 1 : 0));
  const ports = await listenAll(listeners, logger);
  const https = listeners.find(({ certificate }) => certificate !== undefined);
  if (https !== undefined) keeper?.start(https.app);
  watches.start({ webhook: webhook !== null, extender: extender !== null });

  return {
    ports,
    configure(next) {
      current = next;
      webhook?.configure(webhookPolicy(next));
      extender?.configure(extenderSettings(next));
    },
    async stop() {
      const apps = listeners.map(({ app }) => app);
      // It may be in the middle of a write, for which the clients need not wait.
      const kept = keeper?.stop();
      await drain.stop(apps, current['server.drainMs']);
      await watches.stop();
      await kept;
      deps.transport.close();
    },
  };
}

/** One app for each port of docs/reference/http.md, with the routes of the parts that are on. */
function createListeners(
  deps: ServiceDeps,
  { watches, webhook, extender, checks, keeper, isDraining }: Parts,
): Listener[] {
  const { config, clock, metrics } = deps;
  const server = serverFactory(deps, isDraining);
  const listeners: Listener[] = [];
  if (keeper !== null) {
    const certificate = keeper.first;
    const app = server({ certificate, withBodies: true });
    if (webhook !== null) webhookRoutes(app, webhook);
    if (extender !== null) extenderRoutes(app, { extender, metrics, clock });
    listeners.push({ name: 'https', app, host: config['server.host'], port: config['server.port'], certificate });
  }
  if (extender !== null && config['extender.loopback']) {
    const app = server({ withBodies: true });
    extenderRoutes(app, { extender, metrics, clock });
    listeners.push({ name: 'loopback', app, host: LOOPBACK, port: config['server.loopbackPort'] });
  }
  const ops = server({ withBodies: false });
  opsRoutes(ops, metrics, checks);
  listeners.push({ name: 'ops', app: ops, host: config['server.host'], port: config['server.metricsPort'] });
  const explain = server({ withBodies: true });
  explainRoutes(explain, { pods: watches.pods, webhook, extender });
  listeners.push({ name: 'explain', app: explain, host: LOOPBACK, port: config['server.explainPort'] });
  return listeners;
}

/** Makes apps that share the bound on bodies in flight and count what they refuse. */
function serverFactory({ config, metrics, logger }: ServiceDeps, isDraining: () => boolean) {
  const inFlight = new InFlight(config['server.inFlightBytes']);
  const refused = metrics.counter('temper_service_refused_requests_total');
  const observer: ServerOptions['observer'] = {
    refused: (error) => refused.inc({ error }),
    failed: (error) => logger.error({ error: 'TMP2013', stack: stackOf(error) }, 'TMP2013: a request failed'),
  };
  return ({ certificate, withBodies }: Pick<ServerOptions, 'certificate'> & { readonly withBodies: boolean }) =>
    createServer({
      config,
      observer,
      isDraining,
      ...(certificate && { certificate }),
      ...(withBodies && { inFlight }),
    });
}

function syncChecks(watches: Watches, config: Config): ReadinessCheck[] {
  const needed: Array<[name: string, store: { readonly synced: boolean }]> = [];
  if (config['webhook.enabled']) {
    needed.push(['namespaces', watches.namespaces], ['limitranges', watches.limitRanges]);
    needed.push(['horizontalpodautoscalers', watches.hpas]);
  }
  if (config['extender.enabled']) needed.push(['nodes', watches.nodes]);
  needed.push(['pods', watches.pods]);
  return needed.map(([name, store]) => ({ name, check: () => (store.synced ? null : 'not listed yet') }));
}

async function listenAll(listeners: readonly Listener[], logger: Logger): Promise<Record<string, number>> {
  const ports: Record<string, number> = {};
  for (const { name, app, host, port } of listeners) {
    try {
      await app.listen({ host, port });
    } catch (cause) {
      await Promise.all(listeners.map((other) => other.app.close()));
      const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
      throw new TemperError('TMP1201', `${host}:${port}: ${why}`, { cause });
    }
    ports[name] = (app.server.address() as AddressInfo).port;
    logger.info({ listener: name, host, port: ports[name] }, 'listening');
  }
  return ports;
}
