import assert from 'node:assert/strict';
import { OVERCOMMIT, OVERCOMMIT_FACTOR } from '../../../src/model/keys.ts';
import { until } from '../../support/embedded.ts';
import type { Case } from '../case.ts';
import { addClasses } from '../classes.ts';
import { cpuOf, createPod, dryRun, originalsOf, overcommitted, type PodWanted, pods, refused } from '../kit.ts';

const scaled: Case = {
  name: 'scaled',
  what: 'a padded pod is scaled, its originals are recorded, a dry run is answered and leaves nothing',
  async run(ctx) {
    await overcommitted(ctx, 'scaled');
    const pod = await createPod(ctx, 'scaled', { cpu: '1' });
    assert.equal(cpuOf(pod), '700m');
    const record = { v: 1, factor: 0.7, containers: { app: { original: '1', scaled: '700m' } } };
    assert.deepEqual(originalsOf(pod), record);
    assert.equal(cpuOf(await createPod(ctx, 'scaled', { name: 'odd', cpu: '1001m' })), '701m', 'rounded up');
    assert.equal(cpuOf(await dryRun(ctx, 'scaled', { name: 'dry' })), '700m');
    assert.equal((await refused(ctx.cluster.client.get(pods('scaled', 'dry')))).status, 404);
  },
};

/** Each pod with the CPU request that it is to have; unchanged where that is what it asked for. */
const GATES: ReadonlyArray<readonly [what: string, pod: PodWanted, cpu: string | undefined]> = [
  ['a pod that has opted out', { metadata: { labels: { [OVERCOMMIT]: 'disabled' } } }, '1'],
  ['Critical', { spec: { priorityClassName: 'temper-critical' } }, '1'],
  ['High, factor one', { spec: { priorityClassName: 'temper-high' } }, '1'],
  ['Low', { spec: { priorityClassName: 'temper-low' } }, '500m'],
  ['Background', { spec: { priorityClassName: 'temper-background' } }, '500m'],
  ['under the floor', { cpu: '10m' }, '10m'],
  ['down to the floor', { cpu: '12m' }, '10m'],
  ['without a request', { cpu: null }, undefined],
  ['a limit alone, from which the API server makes the request', { cpu: null, limit: '2' }, '1400m'],
  [
    'Guaranteed',
    {
      spec: {
        containers: [
          { name: 'app', image: 'registry.example/app:1', resources: { limits: { cpu: '1', memory: '64Mi' } } },
        ],
      },
    },
    '1',
  ],
];

const gates: Case = {
  name: 'gates',
  what: 'each gate lets the right pods through, and a namespace that has not opted in is not asked about',
  async run(ctx) {
    await addClasses(ctx);
    await overcommitted(ctx, 'gates');
    for (const [what, pod, cpu] of GATES) assert.equal(cpuOf(await dryRun(ctx, 'gates', pod)), cpu, what);
    await ctx.cluster.addNamespace('plain');
    assert.equal(cpuOf(await dryRun(ctx, 'plain')), '1', 'a namespace that has not opted in');
  },
};

const factor: Case = {
  name: 'namespace-factor',
  what: "a namespace's own factor holds, down to the minimum of the policy; one that is none scales nothing",
  async run(ctx) {
    await overcommitted(ctx, 'factor');
    const set = (text: string): Promise<unknown> =>
      ctx.cluster.client.patch('/api/v1/namespaces/factor', {
        metadata: { annotations: { [OVERCOMMIT_FACTOR]: text } },
      });
    for (const [text, cpu] of [
      ['0.3', '300m'],
      ['0.01', '250m'],
      ['nonsense', '1'],
    ] as const) {
      await set(text);
      await until(`factor ${text} holds`, async () => cpuOf(await dryRun(ctx, 'factor')) === cpu);
    }
  },
};

export const OVERCOMMIT_CASES: readonly Case[] = [scaled, gates, factor];
