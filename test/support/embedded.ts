import { factorOf } from '../../src/model/factor.ts';
import { systemClock } from '../../src/telemetry/system-clock.ts';
import { type Cluster, type ClusterOptions, startCluster } from '../standin/cluster.ts';
import { policy } from './webhook.ts';

/** A small embedded cluster in real time: two nodes, and the namespace `shop`, opted in. */
export async function embedded(options: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const { tierPolicy } = policy();
  const cluster = await startCluster({ clock: systemClock, tierPolicy, minimumFactor: factorOf(0.25), ...options });
  await cluster.addNamespace('shop', { labels: { 'temper.codes/overcommit': 'enabled' } });
  await cluster.addNode({ name: 'node-1', cores: 8 });
  await cluster.addNode({ name: 'node-2', cores: 8 });
  return cluster;
}

/** Only what hangs takes so long, however busy the machine is. For what is promised within a time there is `inTime`. */
export const GUARD_MS = 90_000;

/** Waits until `holds` answers true; fails after `ms`. For what real processes bring about, never for time to pass. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = GUARD_MS): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
