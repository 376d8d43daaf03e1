// Memory of the service, as the bundle that an image holds, at rest and after 100,000 requests: `npm run bench -- memory`.
import { embedded } from '../test/support/embedded.ts';
import { fixture } from '../test/support/fixtures.ts';
import { startServiceProcess } from '../test/support/service-process.ts';
import { buildBundles } from './build-bundles.ts';
import { load } from './load.ts';
import { rssMb } from './process-figures.ts';
import type { BenchResult } from './result.ts';

const PARTS = 4;
/** V8 collects garbage as late as its heap may grow: bounded, RSS shows what the service needs rather than what it takes. */
const BOUNDED = '--max-old-space-size=64';

export async function benchMemory({ smoke }: { smoke: boolean }): Promise<BenchResult> {
  const requests = smoke ? 2_000 : 100_000;
  buildBundles();
  const cluster = await embedded();
  try {
    const asItIs = await measure(cluster.kubeconfig, requests);
    const bounded = await measure(cluster.kubeconfig, requests, BOUNDED);
    const rows = asItIs.map((rss, part) => ({
      after: part === 0 ? 'nothing: ready, at rest' : `${(requests / PARTS) * part} requests`,
      'RSS, MB': rss,
      [`RSS with ${BOUNDED}, MB`]: bounded[part] ?? Number.NaN,
    }));
    return { name: 'memory of the service', rows, notes: notes() };
  } finally {
    await cluster.close();
  }
}

/** RSS at rest and after each part of the requests, MB. */
async function measure(kubeconfig: string, requests: number, nodeOptions = ''): Promise<number[]> {
  const service = startServiceProcess({ kubeconfig, entry: 'dist/service.mjs', nodeOptions });
  try {
    await service.ready();
    service.quiet();
    const pid = service.child.pid ?? 0;
    const figures = [rssMb(pid)];
    const common = { ca: service.ca.cert, port: service.ports.get('https') ?? 0, connections: 8 };
    const review = fixture('admission/shop-burstable-create.json');
    const args = fixture('extender/schedulerprioritize-names-crit-2.json');
    for (let part = 0; part < PARTS; part += 1) {
      const share = requests / PARTS / 2;
      await load({ ...common, path: '/mutate', body: review }, (sent) => sent >= share);
      await load({ ...common, path: '/scheduler/prioritize', body: args }, (sent) => sent >= share);
      figures.push(rssMb(pid));
    }
    return figures;
  } finally {
    await service.stop();
  }
}

function notes(): string[] {
  return [
    'VmRSS of the process; half of the requests are admission reviews, half prioritize calls, on 8 TLS connections.',
    'The cluster is small (two nodes): a large one adds what its nodes and pods take in the stores.',
    'The kubeconfig is read by the Kubernetes client library, which a pod with a ServiceAccount never loads.',
  ];
}
