import type { FastifyInstance } from 'fastify';
import { errorBody } from '../src/model/errors.ts';
import type { Webhook } from './engine.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** `POST /mutate`: an AdmissionReview in, always an allowing one out wherever there is a request to answer to. */
export function webhookRoutes(app: FastifyInstance, webhook: Webhook): void {
  app.post('/mutate', (request, reply) => {
    const answer = webhook.review(request.body, Number(request.headers['content-length'] ?? 0));
    // As text: Fastify would only stringify it by a longer way.
    if (answer !== null) return reply.type(JSON_TYPE).send(JSON.stringify(answer));
    return reply.code(400).send(errorBody('TMP2004'));
  });
}
