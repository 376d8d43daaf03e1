import { z } from 'zod';
import { nodePath } from '../../kube/patch.ts';
import type { Resource } from '../../kube/resource.ts';
import { readStatus } from '../../kube/status.ts';
import { AGENT_ANNOTATIONS } from '../../model/agent-annotations.ts';
import { TemperError } from '../../model/errors.ts';
import { AGENT_LABELS } from '../connect/find-agent.ts';
import { connectKube, type Kube } from '../connect/kube.ts';
import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { count } from '../output/words.ts';
import { untilWell } from './within.ts';

/**
 * Takes the agents' annotations off all Nodes, once no agent is left that would write them again. What people wrote stays:
 * a Node that was asked into safe mode is in it when temper comes back.
 *
 * @throws TemperError
 */
export async function cleanNodes(context: Context, withinMs: number): Promise<Result> {
  const kube = await connectKube(context);
  try {
    await untilWell(context, withinMs, () => agentsLeft(kube, context.options.agentNamespace));
    const nodes = [...(await kube.list(NODES)).values()].filter(({ annotated }) => annotated);
    const failed: string[] = [];
    for (const { name } of nodes) {
      const problem = await clean(kube, name);
      if (problem !== null) failed.push(`${name}: ${problem}`);
    }
    const cleaned = nodes.length - failed.length;
    return {
      kind: 'CleanNodes',
      data: { cleaned, failed },
      text: () => `${count(cleaned, 'Node')} cleaned\n`,
      ...(failed.length > 0 && { problem: new TemperError('TMP3231', failed.slice(0, 5).join('; ')) }),
    };
  } finally {
    kube.close();
  }
}

async function agentsLeft(kube: Kube, namespace: string): Promise<string | null> {
  const pods = await kube.list(agentPods(namespace));
  const left = [...pods.values()].filter((isAgent) => isAgent).length;
  return left === 0 ? null : `${count(left, 'agent')} still there`;
}

async function clean(kube: Kube, name: string): Promise<string | null> {
  const annotations = Object.fromEntries(AGENT_ANNOTATIONS.map((key) => [key, null]));
  const { status, body } = await kube.send({
    method: 'PATCH',
    path: nodePath(name),
    contentType: 'application/merge-patch+json',
    body: { metadata: { annotations } },
  });
  // A Node that is gone is clean.
  return status === 404 || (status >= 200 && status < 300) ? null : `${status} ${readStatus(body).message}`;
}

const metadata = z.object({
  name: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const object = z.object({ metadata });

const NODES: Resource<{ readonly name: string; readonly annotated: boolean }> = {
  name: 'nodes',
  path: '/api/v1/nodes',
  metadataOnly: true,
  read: (item) => {
    const { data } = object.safeParse(item);
    if (data === undefined) return null;
    const { name, annotations = {} } = data.metadata;
    return { name, annotated: AGENT_ANNOTATIONS.some((key) => key in annotations) };
  },
};

function agentPods(namespace: string): Resource<boolean> {
  return {
    name: 'pods',
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
    metadataOnly: true,
    read: (item) => {
      const { data } = object.safeParse(item);
      if (data === undefined) return null;
      return Object.entries(AGENT_LABELS).every(([key, value]) => data.metadata.labels?.[key] === value);
    },
  };
}
