import assert from 'node:assert/strict';
import { SAFE_MODE_REQUESTED, TIER_LOAD } from '../../../src/model/keys.ts';
import type { TierLoad } from '../../../src/model/tier-load.ts';
import { until } from '../../support/embedded.ts';
import { explain } from '../ask-service.ts';
import type { Case, Ctx } from '../case.ts';
import { addClasses } from '../classes.ts';
import { addNode, createPod, startService, untilBound } from '../kit.ts';
import { tierLoad } from '../tier-load.ts';
import { withScheduler } from '../with-scheduler.ts';

const CORES = 8;
/** So many that chance would not find the right one twice. */
const OTHERS = ['cannot-1', 'cannot-2', 'cannot-3', 'cannot-4'] as const;

const load = (protection: TierLoad['protection']): string => tierLoad({ cores: CORES, protection });

const placed: Case = {
  name: 'placed-by-annotations',
  what: 'a scheduler with the extender places a Critical pod where it can be protected, and follows the annotations',
  async run(ctx) {
    await addClasses(ctx);
    const service = await ctx.service();
    const node = (name: string, protection: TierLoad['protection']) =>
      addNode(ctx, { name, cores: CORES, annotations: { [TIER_LOAD]: load(protection) } });
    await node('can', 'enforcing');
    for (const name of OTHERS) await node(name, 'none');
    await withScheduler(ctx, service, 'temper-placed');
    await ctx.cluster.addNamespace('placed');
    assert.equal(await placeCritical(ctx, 'placed', 'first', 'temper-placed'), 'can');

    const annotate = (name: string, annotations: Record<string, string | null>) =>
      ctx.cluster.client.patch(`/api/v1/nodes/${name}`, { metadata: { annotations } });
    await annotate('can', { [SAFE_MODE_REQUESTED]: 'true' });
    await annotate(OTHERS[0], { [TIER_LOAD]: load('enforcing') });
    await until(
      'the service knows of the safe mode',
      async () => (await explain(service, 'nodes/can'))?.lines.some((line) => /safe mode/.test(line)) === true,
    );
    assert.equal(await placeCritical(ctx, 'placed', 'second', 'temper-placed'), OTHERS[0]);
  },
};

const alone: Case = {
  name: 'extender-down',
  what: 'while the service is away a scheduler that has it as extender places pods as without it',
  async run(ctx) {
    await addClasses(ctx);
    const service = await startService(ctx);
    for (const name of ['one', 'two']) {
      await addNode(ctx, { name, cores: CORES, annotations: { [TIER_LOAD]: load('enforcing') } });
    }
    await withScheduler(ctx, service, 'temper-alone');
    await ctx.cluster.addNamespace('alone');
    await service.stop();
    const began = performance.now();
    await placeCritical(ctx, 'alone', 'web', 'temper-alone');
    ctx.figure('from creation to bound, service away', performance.now() - began, 'ms');
  },
};

/** @returns where it was placed */
async function placeCritical(
  ctx: Ctx,
  namespace: string,
  name: string,
  scheduler: string,
): Promise<string | undefined> {
  await createPod(ctx, namespace, { name, spec: { priorityClassName: 'temper-critical', schedulerName: scheduler } });
  return (await untilBound(ctx, namespace, name)).spec.nodeName;
}

export const PLACEMENT_CASES: readonly Case[] = [placed, alone];
