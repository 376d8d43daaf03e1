import type { ReadinessCheck } from '../../src/telemetry/health.ts';
import { exportWatches } from '../../src/telemetry/watches.ts';
import type { AgentFacade } from '../api/facade.ts';
import { startGrpcApi } from '../api/grpc/server.ts';
import { startHttpApi } from '../api/http/server.ts';
import { createApiObserver } from '../api/observer.ts';
import { exportPublished } from '../publish/metrics.ts';
import type { Loop } from '../reconcile/loop.ts';
import type { Publishing } from '../reconcile/publishing.ts';
import type { AgentDeps } from './agent.ts';
import type { Inputs } from './inputs.ts';

const LOOPBACK = '127.0.0.1';

export interface Served {
  readonly ports: { readonly http: number; readonly grpc: number };
  stop(): Promise<unknown>;
}

/** Answers HTTP and gRPC. @throws {TemperError} TMP1201 where it cannot listen */
export async function serve(
  { config, metrics, clock, logger }: AgentDeps,
  facade: AgentFacade,
  readiness: readonly ReadinessCheck[],
): Promise<Served> {
  const observer = createApiObserver(metrics, logger);
  const deps = { facade, metrics, clock, readiness, observer };
  const http = await startHttpApi(config['server.host'], config['server.port'], deps);
  const address = `${LOOPBACK}:${config['server.grpcPort']}`;
  const grpc = await startGrpcApi(address, facade, { clock, observer });
  return { ports: { http: http.port, grpc: grpc.port }, stop: () => Promise.all([http.stop(), grpc.stop()]) };
}

/** Exports what is asked for at each scrape. */
export function exportMetrics(
  { metrics, clock }: AgentDeps,
  { pods, safeMode }: Inputs,
  publishing: Publishing,
  loop: Loop,
): void {
  exportPublished(metrics, () => ({
    status: publishing.status,
    safeMode: safeMode.safeMode,
    generation: publishing.generation,
    load: publishing.load,
  }));
  metrics.onScrape('temper_gate', (set) => {
    for (const { check, verdict } of loop.view?.gate?.checks ?? []) set({ check }, verdict === 'fail' ? 0 : 1);
  });
  exportWatches(new Map([['pods', pods.watched], ...safeMode.watches]), metrics, clock.now);
}
