import type { FastifyInstance } from 'fastify';
import { type ReadinessCheck, readiness } from '../../telemetry/health.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

/** `/metrics`, `/healthz` (the process turns), `/readyz` (it is of use, or says why not). */
export function opsRoutes(app: FastifyInstance, metrics: Metrics, checks: readonly ReadinessCheck[]): void {
  app.get('/metrics', async (_request, reply) => {
    const text = await metrics.registry.metrics();
    return reply.type(metrics.registry.contentType).send(text);
  });
  app.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const { ready, reasons } = readiness(checks);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', reasons });
  });
}
