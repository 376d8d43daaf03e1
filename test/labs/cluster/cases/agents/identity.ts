import { Buffer } from 'node:buffer';
import type { ServerAccess } from '../../../../../src/kube/access.ts';
import type { Ctx } from '../../../../e2e/case.ts';
import { pods } from '../../../../e2e/kit.ts';
import { clientOf, type KubeClient } from '../../../../support/kube-client.ts';
import type { Release } from './rights.ts';

/** An agent's pod on a node, and what its token opens. Nothing runs in the pod. */
export interface Identity {
  readonly node: string;
  readonly pod: string;
  /** Text of a kubeconfig. */
  readonly kubeconfig: string;
  readonly client: KubeClient;
  readonly access: ServerAccess;
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
    ...opened(ctx, node, token),
    // As whoever ends a pod at once: kwok would take its time.
    endPod: () => client.delete(pods(release.namespace, name), { gracePeriodSeconds: 0 }),
  };
}

/** A token of the same account that is bound to nothing: whoever may ask for tokens gets one. */
export async function unboundToken(ctx: Ctx, release: Release): Promise<KubeClient> {
  return opened(ctx, 'unbound', await requestToken(ctx, release)).client;
}

async function requestToken(ctx: Ctx, { namespace, account }: Release, boundObjectRef?: object): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const spec = { audiences: [], ...(boundObjectRef !== undefined && { boundObjectRef }) };
  return (await ctx.cluster.client.create<{ status: { token: string } }>(path, { spec })).status.token;
}

type Opened = Pick<Identity, 'kubeconfig' | 'client' | 'access'>;

function opened(ctx: Ctx, name: string, token: string): Opened {
  const config = JSON.parse(ctx.cluster.kubeconfig) as Kubeconfig;
  const kubeconfig = JSON.stringify({ ...config, users: [{ name: 'lab', user: { token } }] });
  const [{ cluster }] = config.clusters;
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64');
  const credentials = { headers: { authorization: `Bearer ${token}` }, tls: { ca } };
  const access: ServerAccess = {
    server: new URL(cluster.server),
    source: name,
    credentials: () => Promise.resolve(credentials),
    renew: () => {},
  };
  const client = clientOf(access);
  ctx.after(() => client.close());
  return { kubeconfig, client, access };
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { server: string; 'certificate-authority-data': string } }];
}
