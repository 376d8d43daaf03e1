import { createTransport } from '../../../../../src/kube/transport.ts';
import type { Ctx } from '../../../../e2e/case.ts';
import type { Identity } from './identity.ts';

/** Watches that only count what they are sent. */
export interface Watchers {
  /** Bytes that all of them got since they began. */
  readonly bytes: number;
  /** How many the server has ended. */
  readonly ended: number;
}

const PARTIAL = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
/** Longer than any case. */
const SECONDS = '3600';

/** Begins so many watches of all Nodes; they end with the case. */
export async function watchNodes(
  ctx: Ctx,
  { access }: Identity,
  { count, metadataOnly }: { count: number; metadataOnly: boolean },
): Promise<Watchers> {
  const list = await ctx.cluster.client.get('/api/v1/nodes', { limit: '1' });
  const { resourceVersion = '' } = list.metadata;
  const query = new URLSearchParams({ watch: 'true', timeoutSeconds: SECONDS, resourceVersion });
  const headers = { accept: metadataOnly ? PARTIAL : 'application/json' };
  const transport = createTransport(access);
  const controller = new AbortController();
  ctx.after(() => {
    controller.abort();
    transport.close();
  });
  const watchers = { bytes: 0, ended: 0 };
  const one = async (): Promise<void> => {
    const { body } = await transport.get(`/api/v1/nodes?${query}`, { headers, signal: controller.signal });
    for await (const chunk of body) watchers.bytes += chunk.length;
  };
  for (let index = 0; index < count; index += 1) {
    void one()
      .catch(() => {})
      .finally(() => {
        watchers.ended += 1;
      });
  }
  return watchers;
}
