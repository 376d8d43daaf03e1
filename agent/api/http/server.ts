import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../src/model/clock.ts';
import { TemperError } from '../../../src/model/errors.ts';
import type { ReadinessCheck } from '../../../src/telemetry/health.ts';
import type { Metrics } from '../../../src/telemetry/metrics.ts';
import type { AgentFacade } from '../facade.ts';
import type { ApiObserver } from '../observer.ts';
import { answerer } from './answer.ts';
import { answerRaw } from './errors.ts';
import { Guests } from './guests.ts';
import { routesOf } from './routes.ts';

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
/** How late a slow request may be noticed. */
const CONNECTIONS_CHECK_MS = 5_000;

/**
 * The agent's HTTP side: it changes nothing, whoever asks. On Node's own server: four paths without a body need no
 * framework, and one would be a fifth of the agent's memory. Does not listen yet.
 */
function createHttpApi(deps: HttpApiDeps): Server {
  const { observer, clock } = deps;
  const guests = new Guests(clock);
  const server = createServer(
    {
      requestTimeout: REQUEST_MS,
      headersTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    answerer(routesOf(deps), guests, observer),
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.on('clientError', (error, socket) => answerRaw(error, socket, observer.refused));
  // A connection too many is closed unread.
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    if (!guests.connected(address)) {
      observer.refused('TMP3203');
      socket.destroy();
      return;
    }
    socket.once('close', () => guests.disconnected(address));
  });
  return server;
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
  const server = createHttpApi(deps);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new TemperError('TMP1201', `HTTP on ${host}:${port}: ${cause.code ?? 'unknown'}`, { cause }));
    });
    server.listen({ host, port }, resolve);
  });
  // Accepting may fail later, as without descriptors: the next one may succeed.
  server.on('error', () => {});
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
