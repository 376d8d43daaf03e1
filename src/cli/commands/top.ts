import type { GetStatusResponse__Output as Status } from '../../../agent/api/generated/temper/agent/v1/GetStatusResponse.ts';
import { withAgent } from '../connect/agent.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit.ts';
import type { Result } from '../output/result.ts';
import { table } from '../output/table.ts';
import { measured } from '../output/words.ts';
import { headline } from './status.ts';

const REQUEST = { withPods: true };

/**
 * The layers of a node with what they use, and the pods in them.
 *
 * @param everyMs shows it again and again
 */
export async function top(context: Context, everyMs?: number): Promise<Result | ExitCode> {
  if (everyMs !== undefined) {
    const { watchStatus } = await import('./watch.ts');
    return await watchStatus(context, { everyMs, request: REQUEST, resultOf: topOf });
  }
  return topOf(await withAgent(context, null, (agent) => agent.call('GetStatus', REQUEST)));
}

function topOf(answer: Status): Result {
  const { node, status, reason, layers, podsTotal } = answer;
  const order = new Map(layers.map(({ name }, index) => [name, index]));
  const rank = (layer: string | undefined): number => order.get(layer ?? '') ?? layers.length;
  const pods = answer.pods.toSorted((a, b) => rank(a.layer) - rank(b.layer) || compare(key(a), key(b)));
  const leftOut = podsTotal - pods.length;
  return {
    kind: 'NodeTop',
    data: { node, status, ...(reason !== undefined && { reason }), layers, pods, podsTotal },
    text: (paint) => {
      const layerRows = layers.map(({ name, pods: count, cpus, cpusUsed, util }) => {
        return [name, String(count), measured(cpus), measured(cpusUsed), percent(util)];
      });
      const podRows = pods.map((pod) => [pod.layer ?? '-', pod.tier, pod.namespace, pod.name]);
      return `${headline(answer, paint)}\n\n${table(LAYERS, layerRows)}\n${table(PODS, podRows)}`;
    },
    ...(leftOut > 0 && { hints: [`${leftOut} more pods are not shown`] }),
  };
}

const LAYERS = [
  { title: 'LAYER' },
  { title: 'PODS', align: 'right' },
  { title: 'CPUS', align: 'right' },
  { title: 'USED', align: 'right' },
  { title: 'UTIL', align: 'right' },
] as const;

const PODS = [{ title: 'LAYER' }, { title: 'TIER' }, { title: 'NAMESPACE' }, { title: 'POD' }];

function percent(util: number | undefined): string {
  return util === undefined ? '-' : `${Math.round(util * 100)}%`;
}

function key({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
