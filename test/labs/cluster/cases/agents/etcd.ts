import type { Ctx } from '../../../../e2e/case.ts';

/** A call of etcd's API, as JSON. */
async function call<T>({ cluster: { controlPlane } }: Ctx, path: string, body: object): Promise<T> {
  const response = await fetch(`${controlPlane?.etcd}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Forgets all history before this moment. @returns the revision that is left */
export async function compact(ctx: Ctx): Promise<number> {
  const { header } = await call<{ header: { revision: string } }>(ctx, '/v3/maintenance/status', {});
  await call(ctx, '/v3/kv/compaction', { revision: header.revision, physical: true });
  return Number(header.revision);
}

/** Nobody is served meanwhile. */
export async function defragment(ctx: Ctx): Promise<void> {
  await call(ctx, '/v3/maintenance/defragment', {});
}
