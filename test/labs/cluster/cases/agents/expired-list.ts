import assert from 'node:assert/strict';
import { createListWatch } from '../../../../../src/kube/list-watch.ts';
import { createTransport } from '../../../../../src/kube/transport.ts';
import { systemClock } from '../../../../../src/telemetry/system-clock.ts';
import type { Case } from '../../../../e2e/case.ts';
import { until } from '../../../../support/embedded.ts';
import { compact } from './etcd.ts';
import { addNodes, nodeNames } from './fleet.ts';
import { identityOn } from './identity.ts';
import { grantAgentRights } from './rights.ts';

const NODES = 25;
const PAGE = 10;

const expired: Case = {
  name: 'list-expired',
  what: 'between two pages of a list the API server restarts and etcd is compacted: the list begins anew, and is whole',
  async run(ctx) {
    const { controlPlane, client } = ctx.cluster;
    assert.ok(controlPlane !== undefined);
    const release = await grantAgentRights(ctx, 'expired');
    const nodes = nodeNames('expired', NODES);
    await addNodes(ctx, nodes);
    const { access } = await identityOn(ctx, release, nodes[0] ?? '');
    const transport = createTransport(access);
    const restarts: string[] = [];
    let pages = 0;
    const listWatch = createListWatch<string>({
      resource: {
        name: 'nodes',
        path: '/api/v1/nodes',
        metadataOnly: true,
        read: (object) => (object as { metadata: { name: string } }).metadata.name,
      },
      transport: {
        ...transport,
        async get(path, options) {
          const isNext = path.includes('continue=');
          // The second page of the first list.
          if (isNext && pages++ === 0) {
            await client.create('/api/v1/namespaces/expired/configmaps', { metadata: { name: 'later' } });
            await compact(ctx);
            await controlPlane.restart('kube-apiserver');
          }
          return await transport.get(path, options);
        },
      },
      clock: systemClock,
      random: Math.random,
      observer: {
        restarted: (_, reason) => void restarts.push(reason),
        unreadable() {},
        problem() {},
        recovered() {},
      },
      settings: { pageLimit: PAGE },
    });
    ctx.after(async () => {
      await listWatch.stop();
      transport.close();
    });
    listWatch.start();
    await until('the list is whole', () => listWatch.store.synced);
    ctx.log(`restarts: ${restarts.join(', ')}`);
    assert.ok(restarts.includes('gone'), `no 410: ${restarts}`);
    for (const node of nodes) assert.equal(listWatch.store.get(node), node);
  },
};

export const EXPIRED_LIST_CASES: readonly Case[] = [expired];
