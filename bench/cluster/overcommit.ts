import { OVERCOMMIT } from '../../src/model/keys.ts';
import { mutateUrl, pods, register } from '../../test/e2e/kit.ts';
import { until } from '../../test/support/embedded.ts';
import { addNodes, addPods, CLASS_NAMES, clear, podOf } from './fill.ts';
import type { Lab } from './lab.ts';
import { startBundle } from './service.ts';

/** How many pods a cluster takes until it is full, with and without the webhook. */

export interface OvercommitRow {
  readonly tier: string;
  readonly off: number;
  readonly on: number;
}

/** Nodes of their own, so that those of other measurements do not matter. */
export const FLEET = { name: 'small', count: 10, cores: 8 };
export const CPU = '500m';
/** More than fit with every request halved. */
const OFFERED = 2.2;

export async function measureOvercommit(lab: Lab): Promise<OvercommitRow[]> {
  await addNodes(lab, FLEET);
  await lab.cluster.addNamespace('full-off');
  await lab.cluster.addNamespace('full-on', { labels: { [OVERCOMMIT]: 'enabled' } });
  const undo: Array<() => unknown> = [];
  const ctx = { cluster: lab.cluster, after: (action: () => unknown) => void undo.unshift(action) };
  try {
    const service = await startBundle(lab.cluster.kubeconfig);
    ctx.after(() => service.stop());
    await register(ctx, { url: mutateUrl(service), ca: service.ca.cert });
    await until('pods are scaled', async () => {
      const pod = await lab.cluster.client.create<{ metadata: { annotations: object } }>(
        pods('full-on'),
        podFor('temper-low')(0),
        { dryRun: 'All' },
      );
      return Object.keys(pod.metadata.annotations).some((name) => name.startsWith('temper.codes/'));
    });
    const rows: OvercommitRow[] = [];
    for (const className of [...CLASS_NAMES, null]) {
      const off = await fill(lab, 'full-off', podFor(className));
      const on = await fill(lab, 'full-on', podFor(className));
      rows.push({ tier: className?.replace('temper-', '') ?? 'all in turn', off, on });
      lab.say(`${rows.at(-1)?.tier}: ${off} pods off, ${on} on`);
    }
    return rows;
  } finally {
    for (const action of undo) await action();
  }
}

/** @param className null for one of each in turn */
function podFor(className: string | null): (index: number) => object {
  return (index) =>
    podOf(
      `web-${index}`,
      { nodeSelector: { fleet: FLEET.name }, priorityClassName: className ?? CLASS_NAMES[index % CLASS_NAMES.length] },
      CPU,
    );
}

/** Offers more pods than there is room for. @returns how many were placed */
async function fill(lab: Lab, namespace: string, pod: (index: number) => object): Promise<number> {
  const wanted = Math.ceil(FLEET.count * FLEET.cores * 2 * OFFERED);
  await addPods(
    lab,
    namespace,
    Array.from({ length: wanted }, (_, index) => pod(index)),
  );
  const ours = () => lab.pods.all().filter((one) => one.namespace === namespace);
  await lab.pods.until('the scheduler has tried all pods', () => {
    const seen = ours();
    return seen.length === wanted && seen.every(({ node, hasNoNode }) => node !== null || hasNoNode);
  });
  const placed = ours().filter(({ node }) => node !== null).length;
  await clear(lab, namespace);
  lab.check();
  return placed;
}
