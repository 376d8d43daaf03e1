import fastify, { type FastifyInstance } from 'fastify';
import type { Clock } from '../../../src/model/clock.ts';
import { errorBody, TemperError } from '../../../src/model/errors.ts';
import { type ReadinessCheck, readiness } from '../../../src/telemetry/health.ts';
import type { Metrics } from '../../../src/telemetry/metrics.ts';
import type { AgentFacade } from '../facade.ts';
import type { ApiObserver } from '../observer.ts';
import { answerErrors, answerRaw } from './errors.ts';
import { Guests } from './guests.ts';
import { observationBody } from './observation.ts';

export interface HttpApiDeps {
  readonly facade: AgentFacade;
  readonly metrics: Metrics;
  /** What must be known first. Being unsupported or in safe mode is no reason: the agent then does its work. */
  readonly readiness: readonly ReadinessCheck[];
  readonly observer: ApiObserver;
  readonly clock: Clock;
}

/** Bounds: nobody but kubelet, a scraper and a few people ask here. */
const MAX_CONNECTIONS = 512;
const MAX_HEADER_BYTES = 8_192;
const REQUEST_MS = 5_000;
const KEEP_ALIVE_MS = 65_000;
const CONNECTIONS_CHECK_MS = 1_000;

/** The agent's HTTP side: it changes nothing, whoever asks. Does not listen yet, so tests use `inject`. */
export function createHttpApi({ facade, metrics, readiness: checks, observer, clock }: HttpApiDeps): FastifyInstance {
  const app: FastifyInstance = fastify({
    logger: false,
    bodyLimit: 1,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
    clientErrorHandler: (error, socket) => answerRaw(error, socket, observer.refused),
    http: {
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
      headersTimeout: REQUEST_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  limitGuests(app, new Guests(clock), observer);
  app.removeAllContentTypeParsers();
  answerErrors(app, observer);

  const { registry } = metrics;
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  app.get('/observe', (_request, reply) => reply.send(observationBody(facade.observe())));
  app.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const { ready, reasons } = readiness(checks);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', reasons });
  });
  return app;
}

/** Keeps each address within its limits: a connection too many is closed unread, a request too many gets 429. */
function limitGuests(app: FastifyInstance, guests: Guests, { refused }: ApiObserver): void {
  app.server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    if (!guests.connected(address)) {
      refused('TMP3203');
      socket.destroy();
      return;
    }
    socket.once('close', () => guests.disconnected(address));
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (guests.asks(request.socket.remoteAddress ?? '')) return done();
    refused('TMP3203');
    void reply.code(429).headers({ 'retry-after': '1', connection: 'close' }).send(errorBody('TMP3203'));
  });
}

export interface HttpApi {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Serves it.
 *
 * @param port 0 for a free one
 * @throws TemperError TMP1201 when it cannot listen
 */
export async function startHttpApi(host: string, port: number, deps: HttpApiDeps): Promise<HttpApi> {
  const app = createHttpApi(deps);
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new TemperError('TMP1201', `HTTP on ${host}:${port}: ${code ?? 'unknown'}`, { cause });
  }
  const address = app.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop: async () => {
      await app.close();
    },
  };
}
