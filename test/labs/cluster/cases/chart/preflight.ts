import assert from 'node:assert/strict';
import { CHART, set } from '../../../../charts/helm.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { type Pod, pods } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';
import { kubectl } from '../agents/kubectl.ts';
import { addLinuxNodes, NAMESPACE, RELEASE, release } from './release.ts';

const ABLE = 'preflight-able';
/** The runner gives it a kernel without. */
const UNABLE = 'preflight-no-sched-ext';
const NAMED = /fail sched-ext \(TMP3010\)/;
/** As docs/how-to/adopt.md has it: the checks alone, and nobody waits for them. */
const CHECKS_ALONE = set('preflight.enabled=true', 'agent.enabled=false');

interface ContainerStatus {
  readonly ready: boolean;
  readonly state: { readonly waiting?: { readonly reason?: string } };
  readonly lastState: { readonly terminated?: { readonly exitCode: number; readonly message?: string } };
}

interface PreflightPod extends Pod {
  readonly status: {
    readonly phase?: string;
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

const preflight: Case = {
  name: 'chart-preflight',
  what: 'the preflight on two nodes: Ready where the kernel can; elsewhere its log and its status name the check and its id',
  needsServices: true,
  async run(ctx) {
    const temper = await release(ctx);
    await addLinuxNodes(ctx, [ABLE, UNABLE]);
    await temper.run('install', RELEASE, CHART, ...CHECKS_ALONE);

    await until('it is ready on the node that can', async () => isReady(await podOn(ctx, ABLE)));
    await until('it waits for its next try on the other', async () => isWaiting(await podOn(ctx, UNABLE)));
    const [able, unable] = [await podOn(ctx, ABLE), await podOn(ctx, UNABLE)];
    assert.equal(isReady(unable), false);

    // The command of docs/how-to/adopt.md.
    const selected = ['--selector=app.kubernetes.io/component=preflight', '--container=check', '--prefix', '--tail=-1'];
    const logs = await kubectl(ctx, 'logs', '--namespace', NAMESPACE, ...selected);
    const saidBy = (pod?: Pod): string[] => logs.split('\n').filter((line) => line.includes(`/${pod?.metadata.name}/`));
    assert.match(saidBy(able)[0] ?? '', /temper can enforce on this machine$/);
    assert.match(saidBy(unable).join('\n'), /has no sched_ext: it is built without CONFIG_SCHED_CLASS_EXT/);
    assert.match(saidBy(unable).join('\n'), NAMED);

    const ended = unable?.status.initContainerStatuses?.[0]?.lastState.terminated;
    assert.equal(ended?.exitCode, 3);
    assert.match(ended?.message ?? '', NAMED);
    const pod = `pod/${unable?.metadata.name}`;
    assert.match(await kubectl(ctx, 'describe', '--namespace', NAMESPACE, pod), NAMED);
  },
};

async function podOn({ cluster }: Ctx, node: string): Promise<PreflightPod | undefined> {
  const labelSelector = 'app.kubernetes.io/component=preflight';
  const all = await cluster.client.list<PreflightPod>(pods(NAMESPACE), { labelSelector });
  return all.find(({ spec }) => spec.nodeName === node);
}

const isReady = (pod?: PreflightPod): boolean => pod?.status.containerStatuses?.[0]?.ready === true;

const isWaiting = (pod?: PreflightPod): boolean =>
  pod?.status.initContainerStatuses?.[0]?.state.waiting?.reason === 'CrashLoopBackOff';

export const PREFLIGHT_CASES: readonly Case[] = [preflight];
