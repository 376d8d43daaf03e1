import { z } from 'zod';
import type { Resource } from '../../kube/resource.ts';
import { connectKube, type Kube } from '../connect/kube.ts';
import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { count } from '../output/words.ts';
import { untilWell } from './within.ts';

export interface RolledOutOptions {
  /** Of the pods of a workload, old and new: labels, `key=value,key=value`. */
  readonly selector: string;
  /** One that only the new ones have. */
  readonly label: string;
}

/** Waits until the last old pod has gone and each new one is ready. @throws TemperError TMP3231 where that takes too long */
export async function rolledOut(context: Context, options: RolledOutOptions, withinMs: number): Promise<Result> {
  const kube = await connectKube(context);
  try {
    await untilWell(context, withinMs, () => whatIsLeft(kube, context.options.agentNamespace, options));
    return {
      kind: 'RolledOut',
      data: { ...options },
      text: (paint) => `${paint('green', 'rolled out')}: every pod has ${options.label}, and is ready\n`,
    };
  } finally {
    kube.close();
  }
}

async function whatIsLeft(
  kube: Kube,
  namespace: string,
  { selector, label }: RolledOutOptions,
): Promise<string | null> {
  const has = (pod: PodState, wanted: string): boolean => wanted.split(',').every((one) => pod.labels.includes(one));
  const pods = [...(await kube.list(podsOf(namespace))).values()].filter((pod) => !pod.isOver && has(pod, selector));
  const old = pods.filter((pod) => !has(pod, label));
  if (old.length > 0) return `${count(old.length, 'pod')} without ${label} still there, ${old[0]?.name} for one`;
  const unready = pods.find(({ isReady }) => !isReady);
  if (unready !== undefined) return `${unready.name} is not ready`;
  return pods.length === 0 ? `no pod with ${label} yet` : null;
}

interface PodState {
  readonly name: string;
  /** `key=value`. */
  readonly labels: readonly string[];
  readonly isReady: boolean;
  /** Runs no more and is only remembered, as one that was evicted. */
  readonly isOver: boolean;
}

const condition = z.object({ type: z.string(), status: z.string() });
const schema = z.object({
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).nullish() }),
  status: z.object({ phase: z.string().nullish(), conditions: z.array(condition).nullish() }).nullish(),
});

const podsOf = (namespace: string): Resource<PodState> => ({
  name: 'pods',
  path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
  read: (item) => {
    const { data } = schema.safeParse(item);
    if (data === undefined) return null;
    const { metadata, status } = data;
    return {
      name: metadata.name,
      labels: Object.entries(metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`),
      isReady: (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True'),
      isOver: status?.phase === 'Failed' || status?.phase === 'Succeeded',
    };
  },
});
