import type { FastifyInstance } from 'fastify';
import { errorBody } from '../../model/errors.ts';
import type { ErrorObserver } from './errors.ts';

/**
 * Bounds the memory that bodies being read can take together: a request reserves what it announces
 * (the most it may send, where it announces nothing) until it is answered or gone. Beyond the bound
 * it is told to try again, which costs the API server an unscaled pod and never the process.
 */
export class InFlight {
  #bytes = 0;
  readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns what gives the bytes back, or null where there is no room. */
  reserve(bytes: number): (() => void) | null {
    if (this.#bytes + bytes > this.limit) return null;
    this.#bytes += bytes;
    let held = true;
    return () => {
      if (held) this.#bytes -= bytes;
      held = false;
    };
  }
}

/** Smaller bodies do not count: the bound on connections is a bound on them, too. */
const UNCOUNTED_BYTES = 16_384;

/** Applies the bound to all requests that may have a body. */
export function limitInFlight(
  app: FastifyInstance,
  inFlight: InFlight,
  bodyLimit: number,
  { refused }: ErrorObserver,
): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.method === 'GET' || request.method === 'HEAD') return done();
    const announced = Number(request.headers['content-length'] ?? bodyLimit);
    if (announced <= UNCOUNTED_BYTES) return done();
    // A larger body is refused by its announced length alone, before a byte of it is kept.
    const release = inFlight.reserve(Math.min(announced, bodyLimit));
    if (release === null) {
      refused('TMP2008');
      void reply.code(429).header('retry-after', '1').send(errorBody('TMP2008'));
      return;
    }
    reply.raw.once('close', release);
    done();
  });
}
