import assert from 'node:assert/strict';
import { until } from '../../support/embedded.ts';
import { beside } from '../beside.ts';
import type { Case, Ctx } from '../case.ts';
import { createPod, dryRun, originalsOf, overcommitted, type Pod, refused } from '../kit.ts';

const NAMESPACE = 'ordered';
/** Asks for nothing: what it gets follows from the LimitRange. */
const SIDECAR = { name: 'proxy', image: 'registry.example/proxy:1' };

const order: Case = {
  name: 'order',
  what: 'a sidecar that comes after us gets the default of the LimitRange, is scaled by the second call, and the quota is charged that',
  async run(ctx) {
    await overcommitted(ctx, NAMESPACE);
    const limits = [{ type: 'Container', defaultRequest: { cpu: '500m' } }];
    await add(ctx, 'limitranges', { metadata: { name: 'defaults' }, spec: { limits } });
    await add(ctx, 'resourcequotas', { metadata: { name: 'cpu' }, spec: { hard: { 'requests.cpu': '2' } } });
    await beside(ctx, 'z-injector', ({ spec }) =>
      spec.containers.length > 1 ? [] : [{ op: 'add', path: '/spec/containers/-', value: SIDECAR }],
    );
    const wanted = ['app 700m', 'proxy 350m'];
    await until('all of them have their say', async () => {
      const found = requests(await dryRun(ctx, NAMESPACE));
      return found.join() === wanted.join();
    });
    await until('the quota is in force', async () => ctx.cluster.where === 'stand-in' || (await isCounted(ctx)));

    const pod = await createPod(ctx, NAMESPACE);
    assert.deepEqual(requests(pod), wanted);
    assert.deepEqual(originalsOf(pod), {
      v: 1,
      factor: 0.7,
      containers: { app: { original: '1', scaled: '700m' }, proxy: { original: '500m', scaled: '350m' } },
    });
    const { message } = await refused(createPod(ctx, NAMESPACE, { name: 'second' }));
    assert.match(message, /exceeded quota: cpu, requested: requests\.cpu=1050m, used: requests\.cpu=1050m/);
  },
};

const path = (plural: string): string => `/api/v1/namespaces/${NAMESPACE}/${plural}`;
const add = (ctx: Ctx, plural: string, body: object): Promise<unknown> => ctx.cluster.client.create(path(plural), body);

async function isCounted({ cluster }: Ctx): Promise<boolean> {
  const { status } = await cluster.client.get<{ status?: { hard?: object } }>(`${path('resourcequotas')}/cpu`);
  return status?.hard !== undefined;
}

const requests = ({ spec }: Pod): string[] =>
  spec.containers.map(({ name, resources }) => `${name} ${resources?.requests?.['cpu']}`);

export const ORDER_CASES: readonly Case[] = [order];
