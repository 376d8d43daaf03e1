import { readiness } from '../../../src/telemetry/health.ts';
import { observationBody } from './observation.ts';
import type { HttpApiDeps } from './server.ts';

export interface Answer {
  readonly status: number;
  /** An object is sent as JSON. */
  readonly body: string | object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What one path answers to GET. */
export type Route = () => Answer | Promise<Answer>;

export function routesOf({
  facade,
  metrics,
  readiness: checks,
}: Pick<HttpApiDeps, 'facade' | 'metrics' | 'readiness'>): ReadonlyMap<string, Route> {
  const { registry } = metrics;
  return new Map<string, Route>([
    [
      '/metrics',
      async () => ({ status: 200, body: await registry.metrics(), headers: { 'content-type': registry.contentType } }),
    ],
    ['/observe', () => ({ status: 200, body: observationBody(facade.observe()) })],
    ['/healthz', () => ({ status: 200, body: { status: 'ok' } })],
    [
      '/readyz',
      () => {
        const { ready, reasons } = readiness(checks);
        return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not ready', reasons } };
      },
    ],
  ]);
}
