import { z } from 'zod';
import type { Resource } from '../../kube/resource.ts';
import { factorOf } from '../../model/factor.ts';
import { readPod } from '../../model/pod.ts';
import { podView } from '../../model/pod-view.ts';
import { NANO_PER_MILLI, parseQuantity } from '../../model/quantity.ts';
import { defaultTierPolicy } from '../commands/priority-classes.ts';
import type { Kube } from '../connect/kube.ts';
import { type CpuQuota, type HeldPod, predict, type Room, type WayOut } from './predict.ts';

/** By the default thresholds, and records of original requests as the default configuration believes them. */
export async function wayOut(kube: Kube, releaseNamespace: string): Promise<WayOut & { quotasNotJudged: number }> {
  const pods = [...(await kube.list(podsOf(releaseNamespace))).values()];
  const nodes = [...(await kube.list(NODES)).values()];
  const quotas = [...(await kube.list(QUOTAS)).values()];
  const known = new Set(nodes.map(({ name }) => name));
  return {
    ...predict(
      pods.filter((pod) => pod !== 'other').filter(({ node: on }) => known.has(on)),
      nodes,
      quotas.filter((one) => one !== 'scoped' && one !== 'other'),
    ),
    quotasNotJudged: quotas.filter((one) => one === 'scoped').length,
  };
}

/** Pods that have a node: one that waits for one has nothing to lose. */
function podsOf(releaseNamespace: string): Resource<HeldPod | 'other'> {
  const policy = { tierPolicy: defaultTierPolicy(releaseNamespace), minimumFactor: factorOf(0.25) };
  return {
    name: 'pods',
    path: '/api/v1/pods',
    read: (object) => {
      const reading = readPod(object);
      if (!reading.ok) return null;
      const { alive, namespace, nodeName, originalMilli, requestMilli } = podView(reading.pod, policy);
      if (!alive || nodeName === null) return 'other';
      return { namespace, node: nodeName, priority: reading.pod.spec.priority ?? 0, originalMilli, requestMilli };
    },
  };
}

const quantity = z.union([z.string(), z.number()]).transform((value) => milliOf(String(value)));

const node = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z
    .object({
      taints: z.array(z.object({ key: z.string(), value: z.string().default(''), effect: z.string() })).nullish(),
    })
    .optional(),
  status: z.object({ allocatable: z.object({ cpu: quantity }) }),
});

/** Of nodes that are cordoned, not ready, under pressure: Kubernetes' own. */
const OWN_TAINTS = 'node.kubernetes.io/';

const NODES: Resource<Room> = {
  name: 'nodes',
  path: '/api/v1/nodes',
  read: (object) => {
    const { data } = node.safeParse(object);
    if (data === undefined) return null;
    const { metadata, spec, status } = data;
    const hard = (spec?.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule');
    const isClosed = hard.some(({ key }) => key.startsWith(OWN_TAINTS));
    const texts = hard.map(({ key, value, effect }) => `${key}=${value}:${effect}`).sort();
    return { name: metadata.name, milli: status.allocatable.cpu, taints: isClosed ? null : texts.join(',') };
  },
};

const quota = z.object({
  metadata: z.object({ namespace: z.string() }),
  spec: z.object({
    hard: z.object({ cpu: quantity.optional(), 'requests.cpu': quantity.optional() }).optional(),
    scopes: z.array(z.string()).nullish(),
    scopeSelector: z.unknown().optional(),
  }),
});

/** One of a scope counts some pods only, by fields that are not looked at here. */
const QUOTAS: Resource<CpuQuota | 'scoped' | 'other'> = {
  name: 'resourcequotas',
  path: '/api/v1/resourcequotas',
  read: (object) => {
    const { data } = quota.safeParse(object);
    if (data === undefined) return null;
    const { hard = {}, scopes, scopeSelector } = data.spec;
    const hardMilli = Math.min(hard.cpu ?? Number.POSITIVE_INFINITY, hard['requests.cpu'] ?? Number.POSITIVE_INFINITY);
    if (hardMilli === Number.POSITIVE_INFINITY) return 'other';
    if ((scopes ?? []).length > 0 || scopeSelector !== undefined) return 'scoped';
    return { namespace: data.metadata.namespace, hardMilli };
  },
};

/** Rounded down: what is there is never more than it is. */
function milliOf(text: string): number {
  return Number((parseQuantity(text) ?? 0n) / NANO_PER_MILLI);
}
