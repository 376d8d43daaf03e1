import { type Manifest, objects, set } from '../../../../charts/helm.ts';
import type { Ctx } from '../../../../e2e/case.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';

/** What of the chart says what an agent may do, and where the API has it. */
const COLLECTIONS: Readonly<Record<string, (namespace: string) => string>> = {
  ServiceAccount: (namespace) => `/api/v1/namespaces/${namespace}/serviceaccounts`,
  ClusterRole: () => `${RBAC}/clusterroles`,
  ClusterRoleBinding: () => `${RBAC}/clusterrolebindings`,
  Role: (namespace) => `${RBAC}/namespaces/${namespace}/roles`,
  RoleBinding: (namespace) => `${RBAC}/namespaces/${namespace}/rolebindings`,
  ValidatingAdmissionPolicy: () => `${ADMISSION}/validatingadmissionpolicies`,
  ValidatingAdmissionPolicyBinding: () => `${ADMISSION}/validatingadmissionpolicybindings`,
};

/** A release of which only the agents' rights are there. */
export interface Release {
  readonly namespace: string;
  /** The agents' ServiceAccount, role and binding. */
  readonly account: string;
}

/** The agents' rights and their limits as the chart renders them, in a namespace of their own; gone at the end of the case. */
export async function grantAgentRights(ctx: Ctx, namespace: string): Promise<Release> {
  const { client } = ctx.cluster;
  const account = `${namespace}-agent`;
  await ctx.cluster.addNamespace(namespace);
  const rendered = await objects(['--namespace', namespace, ...set(`fullnameOverride=${namespace}`)]);
  for (const manifest of rendered.filter((one) => isRight(one, account))) {
    const collection = COLLECTIONS[manifest.kind]?.(manifest.metadata.namespace ?? '') ?? '';
    await client.create(collection, manifest);
    ctx.after(() => client.delete(`${collection}/${manifest.metadata.name}`));
  }
  return { namespace, account };
}

const isRight = ({ kind, metadata: { name } }: Manifest, account: string): boolean =>
  kind in COLLECTIONS && (name === account || name.startsWith(`${account}-`));
