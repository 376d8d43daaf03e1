import { AGENT_STATUS } from '../../../../../src/model/keys.ts';
import type { Ctx } from '../../../../e2e/case.ts';
import { until } from '../../../../support/embedded.ts';
import type { ApiObject } from '../../../../support/kube-client.ts';
import { NAMESPACE } from './release.ts';

export interface AgentPod extends ApiObject {
  readonly spec: { readonly nodeName?: string; readonly containers: ReadonlyArray<{ readonly image: string }> };
  readonly status: { readonly conditions?: ReadonlyArray<{ readonly type: string; readonly status: string }> };
}

const SELECTOR = 'app.kubernetes.io/component=agent';

export const agentPods = ({ cluster }: Ctx): Promise<AgentPod[]> =>
  cluster.client.list<AgentPod>(`/api/v1/namespaces/${NAMESPACE}/pods`, { labelSelector: SELECTOR });

export const uidsOf = (pods: readonly ApiObject[]): string[] => pods.map(({ metadata }) => metadata.uid ?? '').sort();

/** What the agent of a node says of it: `WORD` or `WORD: reason`; empty before the first. */
export async function statusOn({ cluster }: Ctx, node: string): Promise<string> {
  const { metadata } = await cluster.client.get(`/api/v1/nodes/${node}`);
  return metadata.annotations?.[AGENT_STATUS] ?? '';
}

export async function untilStatus(ctx: Ctx, node: string, begins: string): Promise<void> {
  let last = '';
  const holds = async (): Promise<boolean> => {
    last = await statusOn(ctx, node);
    return last.startsWith(begins);
  };
  await until(`${node} is ${begins}`, holds).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${last}`);
  });
}
