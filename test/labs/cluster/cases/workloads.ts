import assert from 'node:assert/strict';
import type { Case, Ctx } from '../../../e2e/case.ts';
import { addNode, cpuOf, originalsOf, overcommitted, type Pod, pods } from '../../../e2e/kit.ts';
import { until } from '../../../support/embedded.ts';

const template = (app: string) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'app', image: 'registry.example/app:1', resources: { requests: { cpu: '1' } } }] },
});

const workload = (app: string, more: object = {}) => ({
  metadata: { name: app },
  spec: { selector: { matchLabels: { app } }, template: template(app), ...more },
});

/** Each with the CPU request of its pods. */
const KINDS: ReadonlyArray<readonly [app: string, path: string, body: object, cpu: string]> = [
  ['deployment', '/apis/apps/v1', workload('deployment', { replicas: 2 }), '700m'],
  ['statefulset', '/apis/apps/v1', workload('statefulset', { replicas: 2, serviceName: 'statefulset' }), '700m'],
  ['daemonset', '/apis/apps/v1', workload('daemonset'), '1'],
  [
    'job',
    '/apis/batch/v1',
    {
      metadata: { name: 'job' },
      spec: { template: { ...template('job'), spec: { ...template('job').spec, restartPolicy: 'Never' } } },
    },
    '700m',
  ],
];

const workloads: Case = {
  name: 'workloads',
  what: "pods that controllers make are scaled, a DaemonSet's are not; the templates stay as they were, and all run",
  async run(ctx) {
    await addNode(ctx, { name: 'workloads-1', cores: 16 });
    await addNode(ctx, { name: 'workloads-2', cores: 16 });
    await overcommitted(ctx, 'workloads');
    for (const [app, path, body, cpu] of KINDS) {
      const collection = `${path}/namespaces/workloads/${app}s`;
      await ctx.cluster.client.create(collection, body);
      const wanted = app === 'job' ? 1 : 2;
      const made = await untilRunning(ctx, app, wanted);
      for (const pod of made) {
        assert.equal(cpuOf(pod), cpu, app);
        assert.equal(originalsOf(pod) === null, cpu === '1', app);
      }
      const { spec } = await ctx.cluster.client.get<{ spec: { template: Pod } }>(`${collection}/${app}`);
      assert.equal(cpuOf(spec.template), '1', `the template of the ${app}`);
    }
  },
};

/** @returns the pods once there are so many that run, or have run */
async function untilRunning(ctx: Ctx, app: string, wanted: number): Promise<Pod[]> {
  let made: Pod[] = [];
  await until(`${wanted} pods of ${app} run`, async () => {
    const all = await ctx.cluster.client.list<Pod & { status: { phase: string } }>(pods('workloads'), {
      labelSelector: `app=${app}`,
    });
    made = all.filter(({ status }) => status.phase === 'Running' || status.phase === 'Succeeded');
    return made.length >= wanted;
  });
  return made;
}

export const WORKLOAD_CASES: readonly Case[] = [workloads];
