import assert from 'node:assert/strict';
import { until } from '../../support/embedded.ts';
import { explain, metric } from '../ask-service.ts';
import type { Case } from '../case.ts';
import { addClasses } from '../classes.ts';
import {
  addNode,
  cpuOf,
  createPod,
  dryRun,
  mutateUrl,
  overcommitted,
  pods,
  register,
  startService,
  untilBound,
  untilScaled,
} from '../kit.ts';
import { withScheduler } from '../with-scheduler.ts';

const explained: Case = {
  name: 'explained',
  what: 'why a pod was scaled and where it was placed; nothing of what was only tried',
  async run(ctx) {
    const service = await overcommitted(ctx, 'explained');
    // Of a single node the scheduler asks nobody.
    for (const name of ['explained-1', 'explained-2']) await addNode(ctx, { name, cores: 8 });
    await withScheduler(ctx, service, 'temper-explained');
    await createPod(ctx, 'explained', { spec: { schedulerName: 'temper-explained' } });
    const { spec } = await untilBound(ctx, 'explained', 'web');
    await until(
      'the service has seen the binding',
      async () => (await explain(service, 'pods/explained/web'))?.node != null,
    );
    const told = await explain(service, 'pods/explained/web');
    assert.equal(told?.overcommit?.reason, 'scaled');
    assert.ok(told.lines.includes('container app: 1 -> 700m'), told.lines.join('\n'));
    assert.ok(
      told.lines.some((line) => line.startsWith(`bound to ${spec.nodeName}`)),
      told.lines.join('\n'),
    );
    assert.ok(((await explain(service, `nodes/${spec.nodeName}`))?.lines.length ?? 0) > 3);
    await dryRun(ctx, 'explained', { name: 'dry' });
    assert.equal(await explain(service, 'pods/explained/dry'), null);
  },
};

const DEBT = 'temper_capacity_debt_cores{tier="background"}';

const debt: Case = {
  name: 'capacity-debt',
  what: 'the capacity debt is what was taken off the pods that exist',
  async run(ctx) {
    await addClasses(ctx);
    const service = await overcommitted(ctx, 'debt');
    const before = await metric(service, DEBT);
    const owes = (cores: number) => async () => Math.abs((await metric(service, DEBT)) - before - cores) < 1e-9;
    await createPod(ctx, 'debt', { cpu: '2', spec: { priorityClassName: 'temper-background' } });
    await until('it is counted', owes(1));
    await ctx.cluster.client.delete(pods('debt', 'web'), { gracePeriodSeconds: 0 });
    await until('it is paid', owes(0));
  },
};

const down: Case = {
  name: 'service-down',
  what: 'while the service is away pods are admitted as they are; one that comes back knows those that were scaled before',
  async run(ctx) {
    const service = await overcommitted(ctx, 'down', await startService(ctx));
    assert.equal(cpuOf(await createPod(ctx, 'down', { name: 'before' })), '700m');
    await service.stop();
    const alone = await createPod(ctx, 'down', { name: 'alone' });
    assert.equal(cpuOf(alone), '1');

    const next = await startService(ctx);
    await register(ctx, { name: 'temper-overcommit-next', url: mutateUrl(next), ca: next.ca.cert });
    await untilScaled(ctx, 'down');
    const { lines = [] } = (await explain(next, 'pods/down/before')) ?? {};
    assert.ok(
      lines.some((line) => line.startsWith('scaled: the pod asked for 1000m')),
      lines.join('\n'),
    );
  },
};

export const TOLD_CASES: readonly Case[] = [explained, debt, down];
