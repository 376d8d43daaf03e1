import type { ServiceProcess } from '../support/service-process.ts';
import type { Ctx } from './case.ts';
import type { ExtenderWanted } from './cluster.ts';

/** A scheduler of this name with the service as extender, until the end of the case. */
export async function withScheduler(
  ctx: Ctx,
  { ports, ca }: ServiceProcess,
  name: string,
  different: Partial<ExtenderWanted> = {},
): Promise<void> {
  const scheduler = await ctx.cluster.startScheduler({
    name,
    extender: {
      urlPrefix: `https://127.0.0.1:${ports.get('https')}/scheduler`,
      weight: 2,
      // A busy machine makes the service late, and then the scheduler would go without it.
      httpTimeoutMs: 30_000,
      ignorable: true,
      ca: ca.cert,
      ...different,
    },
  });
  ctx.after(() => scheduler.stop());
}
