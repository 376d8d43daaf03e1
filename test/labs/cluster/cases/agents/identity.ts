import { writeFileSync } from 'node:fs';
import type { Ctx } from '../../../../e2e/case.ts';
import { pods } from '../../../../e2e/kit.ts';
import { createKubeClient, type KubeClient } from '../../../../support/kube-client.ts';
import type { Release } from './rights.ts';

/** An agent's pod on a node, and what its token opens. Nothing runs in the pod. */
export interface Identity {
  readonly node: string;
  readonly pod: string;
  /** Text of a kubeconfig. */
  readonly kubeconfig: string;
  readonly client: KubeClient;
  /** The pod is gone afterwards. */
  endPod(): Promise<void>;
}

/** The pod of an agent as the DaemonSet's would be bound, with a token as kubelet asks for it. */
export async function identityOn(ctx: Ctx, release: Release, node: string): Promise<Identity> {
  const { client } = ctx.cluster;
  const name = `agent-${node}`;
  const { metadata } = await client.create(pods(release.namespace), {
    metadata: { name },
    spec: {
      nodeName: node,
      serviceAccountName: release.account,
      automountServiceAccountToken: false,
      containers: [{ name: 'agent', image: 'registry.example/an-agent-elsewhere:1' }],
    },
  });
  const token = await requestToken(ctx, release, { apiVersion: 'v1', kind: 'Pod', name, uid: metadata.uid });
  return {
    node,
    pod: name,
    ...(await opened(ctx, node, token)),
    // As whoever ends a pod at once: kwok would take its time.
    endPod: () => client.delete(pods(release.namespace, name), { gracePeriodSeconds: 0 }),
  };
}

/** A token of the same account that is bound to nothing: whoever may ask for tokens gets one. */
export async function unboundToken(ctx: Ctx, release: Release): Promise<KubeClient> {
  return (await opened(ctx, 'unbound', await requestToken(ctx, release))).client;
}

async function requestToken(ctx: Ctx, { namespace, account }: Release, boundObjectRef?: object): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const spec = { audiences: [], ...(boundObjectRef !== undefined && { boundObjectRef }) };
  return (await ctx.cluster.client.create<{ status: { token: string } }>(path, { spec })).status.token;
}

async function opened(ctx: Ctx, name: string, token: string): Promise<Pick<Identity, 'kubeconfig' | 'client'>> {
  const config = JSON.parse(ctx.cluster.kubeconfig) as object;
  const kubeconfig = JSON.stringify({ ...config, users: [{ name: 'lab', user: { token } }] });
  const path = ctx.artifact(`${name}.kubeconfig`);
  writeFileSync(path, kubeconfig, { mode: 0o600 });
  const client = await createKubeClient(path);
  ctx.after(() => client.close());
  return { kubeconfig, client };
}
