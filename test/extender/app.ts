import fastify, { type FastifyInstance } from 'fastify';
import { extenderRoutes } from '../../extender/routes.ts';
import { answerErrors } from '../../src/service/http/errors.ts';
import { parseJsonBodies } from '../../src/service/http/json-body.ts';
import type { Rig } from './support.ts';

/** The real routes behind the service's own JSON parser and error answers, not listening. */
export function extenderApp(
  { extender, metrics, clock }: Rig,
  failed: (error: unknown) => void = () => {},
): FastifyInstance {
  const app = fastify({ bodyLimit: 8_388_608 });
  answerErrors(app, { refused: () => {}, failed });
  parseJsonBodies(app, 8_388_608);
  extenderRoutes(app, { extender, metrics, clock });
  return app;
}

/** Posts a body to one of the two routes. */
export async function post(
  app: FastifyInstance,
  verb: string,
  body: unknown,
): Promise<{ status: number; text: string }> {
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const url = `/scheduler/${verb}`;
  const { statusCode, payload: text } = await app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    payload,
  });
  return { status: statusCode, text };
}
