import { fixture } from '../../test/support/fixtures.ts';
import { load } from '../load.ts';
import { extenderArgs } from '../prioritize-body.ts';
import { rssMb } from '../process-figures.ts';
import { addPods, CLASS_NAMES, podOf } from './fill.ts';
import type { Lab } from './lab.ts';
import { startBundle } from './service.ts';

/** What the service holds in memory in a cluster of that size. */

export interface MemoryRow {
  readonly when: string;
  readonly rss: number;
}

const NAMESPACE = 'residents';
const REQUESTS = 20_000;
const CONNECTIONS = 8;

export async function measureMemory(lab: Lab, { nodes, residents }: { nodes: number; residents: number }) {
  await lab.cluster.addNamespace(NAMESPACE);
  const rows: MemoryRow[] = [{ when: `ready, ${nodes} nodes and no pods`, rss: await atRest(lab) }];
  const made = Array.from({ length: residents }, (_, index) => resident(index, nodes));
  await addPods(lab, NAMESPACE, made);
  const service = await startBundle(lab.cluster.kubeconfig);
  try {
    const pid = service.child.pid ?? 0;
    rows.push({ when: `ready, ${nodes} nodes and ${residents} pods`, rss: rssMb(pid) });
    const common = { ca: service.ca.cert, port: service.ports.get('https') ?? 0, connections: CONNECTIONS };
    const review = fixture('admission/shop-burstable-create.json');
    await load({ ...common, path: '/mutate', body: review }, (sent) => sent >= REQUESTS);
    await load({ ...common, path: '/scheduler/prioritize', body: extenderArgs(0, 230) }, (sent) => sent >= REQUESTS);
    rows.push({ when: `after ${REQUESTS} reviews and ${REQUESTS} prioritize calls of 230 names`, rss: rssMb(pid) });
  } finally {
    await service.stop();
  }
  // The last part of a run: what would clear it away is its end.
  return rows;
}

async function atRest({ cluster }: Lab): Promise<number> {
  const service = await startBundle(cluster.kubeconfig);
  const rss = rssMb(service.child.pid ?? 0);
  await service.stop();
  return rss;
}

/** Bound from the start: no scheduler need place it. */
function resident(index: number, nodes: number): object {
  const nodeName = `node-${String(index % nodes).padStart(4, '0')}`;
  return podOf(`web-${index}`, { nodeName, priorityClassName: CLASS_NAMES[index % CLASS_NAMES.length] });
}
