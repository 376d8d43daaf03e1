// Memory of the service, as the bundle that an image holds, at rest and after 100,000 requests: `npm run bench -- memory`.
import { spawnSync } from 'node:child_process';
import { embedded } from '../test/support/embedded.ts';
import { fixture } from '../test/support/fixtures.ts';
import { startServiceProcess } from '../test/support/service-process.ts';
import { load } from './load.ts';
import { rssMb } from './process-figures.ts';
import type { BenchResult } from './result.ts';

export async function benchMemory({ smoke }: { smoke: boolean }): Promise<BenchResult> {
  const requests = smoke ? 2_000 : 100_000;
  const built = spawnSync(process.execPath, ['scripts/build.ts'], { stdio: ['ignore', 'ignore', 'pipe'] });
  if (built.status !== 0) throw new Error(String(built.stderr));
  const cluster = await embedded();
  const service = startServiceProcess({ kubeconfig: cluster.kubeconfig, entry: 'dist/service.mjs' });
  try {
    await service.ready();
    const pid = service.child.pid ?? 0;
    const rows: BenchResult['rows'] = [{ after: 'nothing: ready, at rest', 'RSS, MB': rssMb(pid) }];
    const common = { ca: service.ca.cert, port: service.ports.get('https') ?? 0, connections: 8 };
    const review = fixture('admission/shop-burstable-create.json');
    const args = fixture('extender/schedulerprioritize-names-crit-2.json');
    for (const part of [1, 2, 3, 4]) {
      const share = requests / 8;
      await load({ ...common, path: '/mutate', body: review }, (sent) => sent >= share);
      await load({ ...common, path: '/scheduler/prioritize', body: args }, (sent) => sent >= share);
      rows.push({ after: `${(requests / 4) * part} requests`, 'RSS, MB': rssMb(pid) });
    }
    return { name: 'memory of the service', rows, notes: notes() };
  } finally {
    await service.stop();
    await cluster.close();
  }
}

function notes(): string[] {
  return [
    'VmRSS of the process; half of the requests are admission reviews, half prioritize calls, on 8 TLS connections.',
    'The cluster is small (two nodes): a large one adds what its nodes and pods take in the stores.',
    'The kubeconfig is read by the Kubernetes client library, which a pod with a ServiceAccount never loads.',
  ];
}
