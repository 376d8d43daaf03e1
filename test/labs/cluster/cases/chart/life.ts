import assert from 'node:assert/strict';
import { CHART, set } from '../../../../charts/helm.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { cpuOf, dryRun, OPTED_IN } from '../../../../e2e/kit.ts';
import { kubectl } from '../agents/kubectl.ts';
import { agentPods } from './agents.ts';
import { everything, nothingIsLeft } from './everything.ts';
import { exec } from './exec.ts';
import { addLinuxNodes, NAMESPACE, RELEASE, type Release, release, timed } from './release.ts';
import { deploy, type Workload } from './workload.ts';

const WORKLOADS = 'chart-life';
const NODES = ['chart-life-1', 'chart-life-2'];
const VALUES = set(
  'webhook.enabled=true',
  'scheduler.enabled=true',
  'scheduler.image.repository=registry.example/kube-scheduler',
);

const life: Case = {
  name: 'chart-life',
  what: 'install, test and uninstall by helm, refused first; nothing is left, and workloads roll on',
  needsServices: true,
  deadlineMs: 900_000,
  async run(ctx) {
    const { client } = ctx.cluster;
    const temper = await release(ctx);
    await addLinuxNodes(ctx, NODES);
    await ctx.cluster.addNamespace(WORKLOADS, OPTED_IN);
    const before = await everything(client);

    await timed(ctx, 'install, until a pod comes back scaled', () => temper.install(VALUES));
    await isScaledTo(ctx, '700m');
    await timed(ctx, 'helm test', () => temper.run('test', RELEASE));
    await everyAgentChecks(ctx);
    await logsAreThere(ctx);
    const web = await deploy(ctx, WORKLOADS, { schedulerName: 'temper-scheduler' });
    assert.deepEqual(await web.requests(), ['700m', '700m']);

    await isRefused(ctx, temper);
    await web.roll({ spec: { schedulerName: 'default-scheduler' } });
    await timed(ctx, 'uninstall', () => temper.run('uninstall', RELEASE, '--wait'));
    await nothingIsLeft(ctx, before, WORKLOADS);
    await rollsOn(web);
  },
};

async function isScaledTo(ctx: Ctx, cpu: string): Promise<void> {
  assert.equal(cpuOf(await dryRun(ctx, WORKLOADS)), cpu);
}

async function everyAgentChecks(ctx: Ctx): Promise<void> {
  const agents = await agentPods(ctx);
  assert.equal(agents.length, NODES.length);
  for (const { metadata } of agents) {
    const cli = ['/opt/node/node', '/app/cli/temper-cli.mjs', '--address', '127.0.0.1:9101'];
    const { ok, stdout, stderr } = await exec(metadata.name, ...cli, 'check');
    assert.ok(ok, `temper-cli check in ${metadata.name}\n${stdout}${stderr}`);
  }
}

async function logsAreThere(ctx: Ctx): Promise<void> {
  const logs = await kubectl(ctx, 'logs', '--namespace', NAMESPACE, `daemonset/${RELEASE}-agent`, '--tail=1');
  assert.equal(typeof JSON.parse(logs), 'object', 'one line of an agent, which logs in JSON');
}

/** As long as a workload names our scheduler. */
async function isRefused(ctx: Ctx, temper: Release): Promise<void> {
  const refused = await timed(ctx, 'uninstall that is refused', () => temper.attempt('uninstall', RELEASE, '--wait'));
  assert.equal(refused.ok, false);
  // Why, in the log of the hook, which helm shows.
  const said = refused.stdout + refused.stderr;
  assert.match(said, new RegExp(`Deployment +${WORKLOADS}/web +schedulerName temper-scheduler`));
  await isScaledTo(ctx, '700m');
  // As helm has it half uninstalled, and the README says.
  assert.equal((await temper.attempt('upgrade', RELEASE, CHART, ...VALUES)).ok, false);
  await temper.run('rollback', RELEASE, '1', '--wait');
}

async function rollsOn(web: Workload): Promise<void> {
  const pods = await web.roll({ annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } });
  assert.deepEqual(pods.map(cpuOf), ['1', '1']);
}

export const LIFE_CASES: readonly Case[] = [life];
