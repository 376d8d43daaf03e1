import { z } from 'zod';
import type { Resource } from '../../kube/resource.ts';
import { TemperError } from '../../model/errors.ts';
import type { PodRef } from '../pod-ref.ts';
import type { Kube } from './kube.ts';

/** The pod of an agent. */
export interface AgentPod {
  readonly namespace: string;
  readonly name: string;
}

/** What the chart puts on the agent's pods. */
export const AGENT_LABELS: Readonly<Record<string, string>> = {
  'app.kubernetes.io/name': 'temper',
  'app.kubernetes.io/component': 'agent',
};

const pod = z.object({
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).nullish(),
    creationTimestamp: z.string().nullish(),
    deletionTimestamp: z.string().nullish(),
  }),
  spec: z.object({ nodeName: z.string().nullish() }),
  status: z.object({ phase: z.string().nullish() }).nullish(),
});

type Seen = z.output<typeof pod>;

const read = (object: unknown): Seen | null => pod.safeParse(object).data ?? null;

/**
 * While one version of the agent follows another, two run there. The older one has the node until it is told to end.
 *
 * @throws TemperError TMP3223 where none runs there
 */
export async function findAgent(kube: Kube, node: string, namespace: string): Promise<AgentPod> {
  const pods = await kube.list(podsIn(namespace, `spec.nodeName=${node}`));
  const running = [...pods.values()].filter(({ metadata, spec, status }) => {
    // A server that ignores the selectors must not lead us to another pod.
    const isAgent = Object.entries(AGENT_LABELS).every(([key, value]) => metadata.labels?.[key] === value);
    return isAgent && spec.nodeName === node && status?.phase === 'Running';
  });
  const [found] = running.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  if (found !== undefined) return { namespace, name: found.metadata.name };
  throw new TemperError('TMP3223', `node ${node}, namespace ${namespace}`);
}

/** Those that are being ended come last; times of the API server sort as text. */
function order({ metadata: { deletionTimestamp, creationTimestamp, name } }: Seen): string {
  return `${deletionTimestamp == null ? 0 : 1} ${creationTimestamp ?? ''} ${name}`;
}

/** The node that a pod is on. @throws TemperError TMP3204 where it is on none */
export async function nodeOf(kube: Kube, { namespace, name }: PodRef): Promise<string> {
  const pods = await kube.list(podsIn(namespace, `metadata.name=${name}`));
  const found = [...pods.values()].find(({ metadata }) => metadata.name === name);
  if (found?.spec.nodeName) return found.spec.nodeName;
  throw new TemperError(
    'TMP3204',
    found === undefined ? `no pod ${namespace}/${name}` : `${namespace}/${name} has no node yet`,
  );
}

function podsIn(namespace: string, fieldSelector: string): Resource<Seen> {
  return { name: 'pods', path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`, fieldSelector, read };
}
