import { OVERCOMMIT } from '../../src/model/keys.ts';
import { mutateUrl, type Pod, pods, register } from '../../test/e2e/kit.ts';
import { until } from '../../test/support/embedded.ts';
import type { ServiceProcess } from '../../test/support/service-process.ts';
import { clear, podOf } from './fill.ts';
import type { Lab } from './lab.ts';
import { watchMachine } from './machine.ts';
import { startPeer } from './peer.ts';
import { rotated } from './rounds.ts';
import { startBundle } from './service.ts';

/** How long the creation of a pod takes: without a webhook, with the Go program as one, and with the service. */

export const WEBHOOKS = ['none', 'go', 'temper'] as const;
export type WebhookArm = (typeof WEBHOOKS)[number];

export interface WebhookWindow {
  /** Creations at once. */
  readonly at: number;
  /** Milliseconds of each creation, sorted. */
  readonly times: Readonly<Record<WebhookArm, readonly number[]>>;
  /** The share of the machine that others took meanwhile. */
  readonly others: number;
}

const AT_ONCE = [1, 8] as const;
/** Until the compiler of V8 is through with a review. */
const WARM_UP = 500;
const LABEL = 'bench.example/webhook';
const namespaceOf = (arm: WebhookArm): string => `webhook-${arm}`;

export async function measureWebhook(lab: Lab, creations: number): Promise<WebhookWindow[]> {
  for (const arm of WEBHOOKS) {
    const optedIn = arm === 'temper' ? { [OVERCOMMIT]: 'enabled' } : {};
    await lab.cluster.addNamespace(namespaceOf(arm), { labels: { [LABEL]: arm, ...optedIn } });
  }
  const undo: Array<() => unknown> = [];
  const ctx = { cluster: lab.cluster, after: (action: () => unknown) => void undo.unshift(action) };
  try {
    const service = await startBundle(lab.cluster.kubeconfig);
    ctx.after(() => service.stop());
    const only = (arm: WebhookArm) => ({ namespaceSelector: { matchLabels: { [LABEL]: arm } } });
    await register(ctx, { name: 'temper', url: mutateUrl(service), ca: service.ca.cert, webhook: only('temper') });
    const scaled = await untilScaled(lab, 'temper');
    const peer = await startPeer(lab.peer, peerArgs(service, scaled));
    ctx.after(() => peer.stop());
    const url = `https://127.0.0.1:${peer.port}/mutate`;
    await register(ctx, { name: 'go', url, ca: service.ca.cert, webhook: only('go') });
    await untilScaled(lab, 'go');
    const windows: WebhookWindow[] = [];
    for (const at of AT_ONCE) {
      await create(lab, `warm-${at}`, WARM_UP, at);
      const machine = watchMachine();
      windows.push({ at, times: await create(lab, `pod-${at}`, creations, at), others: machine().others });
      for (const arm of WEBHOOKS) await clear(lab, namespaceOf(arm));
    }
    return windows;
  } finally {
    for (const action of undo) await action();
  }
}

/** A pod that no scheduler takes: what is measured is the creation alone. */
const podNamed = (name: string): object => podOf(name, { schedulerName: 'nobody' }, '1');

async function untilScaled({ cluster }: Lab, arm: WebhookArm): Promise<Pod> {
  let pod: Pod | undefined;
  await until(`pods are scaled by ${arm}`, async () => {
    pod = await cluster.client.create<Pod>(pods(namespaceOf(arm)), podNamed('dry'), { dryRun: 'All' });
    return pod.spec.containers[0]?.resources?.requests?.['cpu'] === '700m';
  });
  return pod as Pod;
}

/** What it answers to every review: the patch that makes of such a pod what the service made of it. */
function peerArgs(service: ServiceProcess, scaled: Pod): string[] {
  const annotations = Object.entries(scaled.metadata.annotations ?? {}).filter(([name]) => name.startsWith('temper.'));
  const patch = [
    { op: 'replace', path: '/spec/containers/0/resources/requests/cpu', value: '700m' },
    ...annotations.map(([name, value]) => ({
      op: 'add',
      path: `/metadata/annotations/${name.replaceAll('/', '~1')}`,
      value,
    })),
  ];
  const audit = { outcome: 'patched', reason: 'scaled', tier: 'normal', factor: '0.7' };
  return ['webhook', service.file('tls.crt'), service.file('tls.key'), JSON.stringify(patch), JSON.stringify(audit)];
}

/** One pod of each arm after the other, so that whatever the machine does falls on all. */
async function create(lab: Lab, name: string, count: number, at: number): Promise<Record<WebhookArm, number[]>> {
  const times: Record<WebhookArm, number[]> = { none: [], go: [], temper: [] };
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      for (const arm of rotated(WEBHOOKS, index)) {
        const began = performance.now();
        await lab.cluster.client.create(pods(namespaceOf(arm)), podNamed(`${name}-${index}`));
        times[arm].push(performance.now() - began);
      }
    }
  };
  await Promise.all(Array.from({ length: at }, worker));
  for (const arm of WEBHOOKS) times[arm].sort((a, b) => a - b);
  return times;
}
