import { writeFileSync } from 'node:fs';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';
import type { Case, Ctx } from './case.ts';
import type { Cluster } from './cluster.ts';
import { runCase } from './run-case.ts';

/** A cluster with what the cases share. */
export interface Session {
  /** @returns what went wrong, nothing where it passed */
  run(one: Case, told: Pick<Ctx, 'log' | 'figure' | 'artifact'>): Promise<string[]>;
  /** Ends what the cases shared; the cluster stays. */
  close(): Promise<void>;
}

export function openSession(cluster: Cluster): Session {
  let starting: Promise<ServiceProcess> | undefined;
  const start = async (): Promise<ServiceProcess> => {
    const service = startServiceProcess({ kubeconfig: cluster.kubeconfig });
    await service.ready();
    return service;
  };
  const service = (): Promise<ServiceProcess> => {
    starting ??= start();
    return starting;
  };
  return {
    async run(one, told) {
      const problems = await runCase(one, { ...told, cluster, service });
      if (problems.length > 0 && starting !== undefined) await keepLog(starting, told.artifact('shared-service.log'));
      return problems;
    },
    async close() {
      await starting?.then((one) => one.stop()).catch(() => {});
    },
  };
}

/** One that did not start has said why in its error. */
async function keepLog(starting: Promise<ServiceProcess>, path: string): Promise<void> {
  await starting.then(({ log }) => writeFileSync(path, log.join('\n'))).catch(() => {});
}
