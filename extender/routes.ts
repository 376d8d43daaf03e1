import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../src/model/clock.ts';
import { errorBody } from '../src/model/errors.ts';
import type { Metrics } from '../src/telemetry/metrics.ts';
import type { Extender } from './engine.ts';
import { filterReply } from './replies.ts';

export interface ExtenderRoutesDeps {
  readonly extender: Pick<Extender, 'prioritize' | 'filter'>;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/**
 * The two routes that kube-scheduler calls. The app parses JSON; what is not ExtenderArgs is answered
 * with 400 (prioritize) or with `Error` in the result (filter), where the contract has a field for it.
 */
export function extenderRoutes(app: FastifyInstance, { extender, metrics, clock }: ExtenderRoutesDeps): void {
  const requests = metrics.counter('temper_extender_requests_total');
  const refused = metrics.counter('temper_service_refused_requests_total');
  const duration = metrics.histogram('temper_extender_request_duration_seconds');

  const count = (verb: string, outcome: string, since: number): void => {
    requests.inc({ verb, outcome });
    duration.observe({ verb }, (clock.monotonic() - since) / 1000);
  };

  app.post('/scheduler/prioritize', (request, reply) => {
    const since = clock.monotonic();
    const answer = extender.prioritize(request.body);
    const text = JSON.stringify(answer.ok ? answer.list : errorBody('TMP2005', answer.problem));
    count('prioritize', answer.outcome, since);
    if (!answer.ok) refused.inc({ error: 'TMP2005' });
    return json(reply.code(answer.ok ? 200 : 400), text);
  });

  app.post('/scheduler/filter', (request, reply) => {
    const since = clock.monotonic();
    const answer = extender.filter(request.body);
    const text = filterReply(answer);
    count('filter', answer.outcome, since);
    return json(reply, text);
  });
}

function json(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(text);
}
