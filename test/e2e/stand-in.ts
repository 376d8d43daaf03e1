import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { factorOf } from '../../src/model/factor.ts';
import { systemClock } from '../../src/telemetry/system-clock.ts';
import { NAMESPACES, NODES, PODS } from '../standin/api/resources.ts';
import { startCluster } from '../standin/cluster.ts';
import { createScheduler, type Scheduler } from '../standin/scheduler.ts';
import { createKubeClient } from '../support/kube-client.ts';
import { policy } from '../support/webhook.ts';
import type { Cluster } from './cluster.ts';

/** The stand-in of the demo as the cases use a cluster. Its schedulers run by themselves here, as real ones do. */
export async function startStandIn(): Promise<Cluster & { close(): Promise<void> }> {
  const { tierPolicy } = policy();
  const cluster = await startCluster({ clock: systemClock, tierPolicy, minimumFactor: factorOf(0.25) });
  const { api, kubeconfig } = cluster;
  const folder = mkdtempSync(join(tmpdir(), 'temper-e2e-'));
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, kubeconfig, { mode: 0o600 });
  const client = await createKubeClient(path);
  const schedulers = new Set<Scheduler>([cluster.scheduler]);
  const run = (resource: string): void => {
    for (const scheduler of schedulers) {
      if (resource === NODES.plural) scheduler.retry();
      void scheduler.run();
    }
  };
  const stop = api.store.subscribe(({ resource }) => {
    // Not before the schedulers themselves have been told.
    if (resource === NODES.plural || resource === PODS.plural) setImmediate(run, resource);
  });
  return {
    where: 'stand-in',
    client,
    kubeconfig,
    async addNamespace(name, metadata = {}) {
      await api.create(NAMESPACES, { body: { metadata: { ...metadata, name } } });
    },
    async addNode({ name, cores, labels = {}, annotations = {} }) {
      await cluster.addNode({ name, cores, labels, agent: false });
      api.patch(NODES, { name, patch: { metadata: { annotations } } });
    },
    startScheduler({ name, extender }) {
      const scheduler = createScheduler({ api, clock: systemClock, random: Math.random, name });
      if (extender !== null) scheduler.setExtenders([{ ...extender, prioritizeVerb: 'prioritize' }]);
      schedulers.add(scheduler);
      return Promise.resolve({
        stop() {
          schedulers.delete(scheduler);
          scheduler.close();
          return Promise.resolve();
        },
      });
    },
    async close() {
      stop();
      client.close();
      await cluster.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
