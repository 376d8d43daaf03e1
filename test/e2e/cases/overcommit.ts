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

const controller = (kind: string) => ({ apiVersion: 'apps/v1', kind, name: 'owner', uid: 'owner', controller: true });

/** Each pod with the CPU request that it is to have; unchanged where that is what it asked for. */
const GATES: ReadonlyArray<readonly [what: string, pod: PodWanted, cpu: string | undefined]> = [
  ['a pod that has opted out', { metadata: { labels: { [OVERCOMMIT]: 'disabled' } } }, '1'],
  ['Critical', { spec: { priorityClassName: 'temper-critical' } }, '1'],
  ['High, factor one', { spec: { priorityClassName: 'temper-high' } }, '1'],
  ['Low', { spec: { priorityClassName: 'temper-low' } }, '500m'],
  ['Background', { spec: { priorityClassName: 'temper-background' } }, '500m'],
  ['of a DaemonSet', { metadata: { ownerReferences: [controller('DaemonSet')] } }, '1'],
  ['of a Job', { metadata: { ownerReferences: [controller('Job')] } }, '700m'],
  [
    'a mirror pod',
    { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } }, spec: { nodeName: 'some-node' } },
    '1',
  ],
  ['sized by a VPA', { metadata: { annotations: { vpaUpdates: 'Pod resources updated by web: container 0' } } }, '1'],
  ['with resources of its own', { spec: { resources: { requests: { cpu: '2' } } } }, '1'],
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

const cpuHpa: Case = {
  name: 'cpu-hpa',
  what: "a workload whose HorizontalPodAutoscaler reads CPU as a share of the request is left alone; one of another's is scaled",
  async run(ctx) {
    await overcommitted(ctx, 'hpa');
    const reads = (name: string, cpu: object) => ({
      metadata: { name },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name },
        minReplicas: 1,
        maxReplicas: 3,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: cpu } }],
      },
    });
    const path = '/apis/autoscaling/v2/namespaces/hpa/horizontalpodautoscalers';
    await ctx.cluster.client.create(path, reads('value', { type: 'AverageValue', averageValue: '500m' }));
    await ctx.cluster.client.create(path, reads('share', { type: 'Utilization', averageUtilization: 80 }));
    const cpuIn = async (name: string) =>
      cpuOf(await dryRun(ctx, 'hpa', { metadata: { ownerReferences: [{ ...controller('StatefulSet'), name }] } }));
    await until('the service knows both', async () => (await cpuIn('share')) === '1');
    assert.equal(await cpuIn('value'), '700m');
    assert.equal(await cpuIn('none'), '700m');
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

export const OVERCOMMIT_CASES: readonly Case[] = [scaled, gates, cpuHpa, factor];
