import assert from 'node:assert/strict';
import { type NodeView, readNodeView } from '../../../../../extender/node-view.ts';
import { createListWatch, type ListWatch } from '../../../../../src/kube/list-watch.ts';
import { createTransport, type KubeTransport } from '../../../../../src/kube/transport.ts';
import { systemClock } from '../../../../../src/telemetry/system-clock.ts';
import type { Ctx } from '../../../../e2e/case.ts';
import { until } from '../../../../support/embedded.ts';
import type { Identity } from './identity.ts';
import { readMeters } from './meters.ts';

const WAIT_MS = 300_000;

export interface AfterRestart {
  readonly nodes: readonly string[];
  readonly count: number;
  /** Writes a report on one Node that is told from those before. @returns when it says that it was made */
  write(node: string): Promise<number>;
}

/** What an API server that begins again has to do for so many list-watches of all Nodes, each as the service has one. */
export async function measureAfterRestart(
  ctx: Ctx,
  { access }: Identity,
  { nodes: [node = '', ...others], count, write }: AfterRestart,
): Promise<void> {
  const { controlPlane } = ctx.cluster;
  assert.ok(controlPlane !== undefined);
  const got = { bytes: 0, lists: 0 };
  const reasons = new Map<string, number>();
  const transport = counting(createTransport(access), got);
  const all = Array.from({ length: count }, () => listNodes(transport, reasons));
  ctx.after(async () => {
    await Promise.all(all.map((one) => one.stop()));
    transport.close();
  });
  for (const one of all) one.start();
  await until('all have listed', () => all.every(({ store }) => store.size > others.length), WAIT_MS);
  ctx.figure(`${count} lists of all Nodes, metadata alone`, got.bytes / 1024 ** 2, 'MiB');

  const before = { ...got };
  reasons.clear();
  await controlPlane.kill('kube-apiserver');
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  await controlPlane.restart('kube-apiserver');
  ctx.figure('API server well after', seconds(), 's');
  let at = 0;
  await until(
    'a write is taken',
    async () => {
      at = await write(node).catch(() => 0);
      return at > 0;
    },
    WAIT_MS,
  );
  const knows = ({ store }: ListWatch<NodeView>): boolean => {
    const report = store.get(node)?.report;
    return report?.readable === true && report.load.at >= at;
  };
  await until('all know of it', () => all.every(knows), WAIT_MS);
  ctx.figure(`${count} watchers of Nodes are up to date after`, seconds(), 's');
  ctx.figure('lists for that, pages counted', got.lists - before.lists, 'requests');
  ctx.figure('bytes for that', (got.bytes - before.bytes) / 1024 ** 2, 'MiB');
  ctx.figure('CPU time of the new API server', (await readMeters(ctx)).apiserverCpu, 's');
  ctx.log([...reasons].map(([reason, times]) => `${times} × ${reason}`).join(', '));
}

function listNodes(transport: KubeTransport, reasons: Map<string, number>): ListWatch<NodeView> {
  return createListWatch<NodeView>({
    resource: { name: 'nodes', path: '/api/v1/nodes', metadataOnly: true, read: readNodeView },
    transport,
    clock: systemClock,
    random: Math.random,
    observer: {
      restarted: (_, reason) => void reasons.set(reason, (reasons.get(reason) ?? 0) + 1),
      unreadable() {},
      problem() {},
      recovered() {},
    },
  });
}

/** Counts what comes, before anything is made of it. */
function counting(transport: KubeTransport, got: { bytes: number; lists: number }): KubeTransport {
  return {
    async get(path, options) {
      if (!path.includes('watch=true')) got.lists += 1;
      const answer = await transport.get(path, options);
      return { ...answer, body: counted(answer.body, got) };
    },
    close: () => transport.close(),
  };
}

async function* counted(body: AsyncIterable<Buffer>, got: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    got.bytes += chunk.length;
    yield chunk;
  }
}
