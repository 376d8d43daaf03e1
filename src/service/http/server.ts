import type { Socket } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import type { ErrorId } from '../../model/errors.ts';
import type { Config } from '../config/settings.ts';
import type { Certificate } from '../tls.ts';
import { answerErrors, type ErrorObserver, rawErrorAnswer } from './errors.ts';
import { type InFlight, limitInFlight } from './in-flight.ts';
import { parseJsonBodies } from './json-body.ts';

export interface ServerOptions {
  readonly config: Config;
  readonly observer: ErrorObserver;
  /** Asked at each answer: while true, clients are told to close their connection. */
  readonly isDraining: () => boolean;
  /** With it the server speaks HTTPS. */
  readonly certificate?: Certificate;
  /** With it request bodies are read, and count against the bound. */
  readonly inFlight?: InFlight;
}

/** How often Node looks for requests that exceed their time-outs. */
const CONNECTIONS_CHECK_MS = 1_000;
/** Headers of the API server are well under 1 KB. */
const MAX_HEADER_BYTES = 16_384;
/** Far above what an API server and a scheduler open; bounds what idle clients can hold. */
const MAX_CONNECTIONS = 2_000;

/** A Fastify app with temper's bounds and error answers; it does not listen yet, so tests use `inject`. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { config, observer, isDraining, certificate, inFlight } = options;
  const requestTimeout = config['server.requestTimeoutMs'];
  const node = {
    connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
    headersTimeout: requestTimeout,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const app: FastifyInstance = fastify({
    logger: false,
    bodyLimit: config['server.bodyLimitBytes'],
    requestTimeout,
    keepAliveTimeout: config['server.keepAliveMs'],
    forceCloseConnections: 'idle',
    // While stopping, requests on open connections are still answered.
    return503OnClosing: false,
    clientErrorHandler: (error, socket) => answerRaw(error, socket, observer.refused),
    ...(certificate === undefined
      ? { http: node }
      : { https: { ...node, cert: certificate.cert, key: certificate.key, minVersion: 'TLSv1.2' } }),
  }) as unknown as FastifyInstance;

  app.server.maxConnections = MAX_CONNECTIONS;
  // Node then writes `Connection: close` by itself; a hook of Fastify would cost each request more.
  app.server.on('request', (_request, response) => {
    if (isDraining()) response.shouldKeepAlive = false;
  });
  answerErrors(app, observer);
  if (inFlight === undefined) {
    app.removeAllContentTypeParsers();
  } else {
    limitInFlight(app, inFlight, config['server.bodyLimitBytes'], observer);
    parseJsonBodies(app, config['server.bodyLimitBytes']);
  }
  return app;
}

function answerRaw(error: NodeJS.ErrnoException, socket: Socket, refused: (id: ErrorId) => void): void {
  // A client that reset the connection hears no answer, and is no error of anyone's.
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { id, text } = rawErrorAnswer(error.code);
  refused(id);
  socket.end(text);
}
