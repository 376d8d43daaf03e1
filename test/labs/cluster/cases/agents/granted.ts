import assert from 'node:assert/strict';
import type { Case } from '../../../../e2e/case.ts';
import { addNode } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';
import type { KubeClient } from '../../../../support/kube-client.ts';
import { identityOn, unboundToken } from './identity.ts';
import { grantAgentRights } from './rights.ts';

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** One line for each right that RBAC gives in a namespace, cluster-wide ones included. */
async function rightsIn(client: KubeClient, namespace: string): Promise<string[]> {
  const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
  const { status } = await client.create<{ status: { resourceRules: readonly Rule[] } }>(path, { spec: { namespace } });
  return status.resourceRules.flatMap(({ verbs, apiGroups, resources, resourceNames = ['any'] }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) => resourceNames.map((name) => `${verb} ${group}/${resource} ${name}`)),
      ),
    ),
  );
}

const everywhere = (namespace: string): string[] => [
  `list /namespaces ${namespace}`,
  'list /nodes any',
  'list /pods any',
  'patch /nodes any',
  `watch /namespaces ${namespace}`,
  'watch /nodes any',
  'watch /pods any',
];
const EVENTS = ['create events.k8s.io/events any', 'patch events.k8s.io/events any'];

const granted: Case = {
  name: 'agent-granted',
  what: 'as the API server counts them, an agent has the rights of the documentation and no others',
  async run(ctx) {
    const node = 'granted';
    await addNode(ctx, { name: node, cores: 8 });
    const release = await grantAgentRights(ctx, node);
    const agent = await identityOn(ctx, release, node);
    // What each account has, e.g. to ask for its own rights.
    const anybody = await unboundToken(ctx, { ...release, account: 'default' });
    const own = async (namespace: string): Promise<string[]> => {
      const common = new Set(await rightsIn(anybody, namespace));
      return (await rightsIn(agent.client, namespace)).filter((right) => !common.has(right)).sort();
    };
    await until('its rights are in force', async () => (await own('default')).length > everywhere('').length);
    assert.deepEqual(await own('default'), [...EVENTS, ...everywhere(node)].sort());
    for (const namespace of [node, 'kube-system', 'kube-node-lease']) {
      assert.deepEqual(await own(namespace), everywhere(node), namespace);
    }
  },
};

export const GRANTED_CASES: readonly Case[] = [granted];
