import { TemperError } from '../../model/errors.ts';
import { withAgent } from '../connect/agent.ts';
import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { clean, facts } from '../output/table.ts';
import { cores } from '../output/words.ts';
import { readPodRef } from '../pod-ref.ts';

/** Why a pod is where it is. */
export async function explainPod(context: Context, pod: string): Promise<Result> {
  const ref = readPodRef(pod, context.options.namespace);
  const { pod: found, lines } = await withAgent(context, ref, (agent) => agent.call('Explain', { pod: ref }));
  const place = found?.place ?? null;
  if (found === null || place === null) throw new TemperError('TMP3228', 'an answer without the pod');
  const { place: _place, ...rest } = found;
  return {
    kind: 'PodExplanation',
    data: { ...place, ...rest, lines },
    text: () => {
      const overview = facts([
        ['tier', `${place.tier}: ${place.reason}`],
        ['layer', place.layer === undefined ? 'none yet' : withReason(place.layer, rest.layerReason)],
        ['override', rest.override ?? 'none'],
        ['QoS class', rest.qos],
        ['cores', coresText(rest)],
        ['cgroup', rest.cgroup ?? 'not found yet'],
      ]);
      return `${clean(`${place.namespace}/${place.name}`)}\n${overview}${linesText(lines)}`;
    },
  };
}

/** Why a node does what it does. */
export async function explainNode(context: Context, node: string | undefined): Promise<Result> {
  const options = node === undefined ? context.options : { ...context.options, node };
  const answer = await withAgent({ ...context, options }, null, (agent) => agent.call('Explain', {}));
  // Behind an address may be any node: never tell of one what is true of another.
  if (node !== undefined && answer.node !== node) {
    throw new TemperError('TMP3223', `the agent that answers is that of node ${clean(answer.node)}`);
  }
  return {
    kind: 'NodeExplanation',
    data: { node: answer.node, lines: answer.lines },
    text: () => `${clean(answer.node)}\n${linesText(answer.lines)}`,
  };
}

interface Requests {
  readonly requestMilli: number;
  readonly specMilli: number;
  readonly limitMilli?: number;
  readonly disbelieved?: string;
}

function coresText({ requestMilli, specMilli, limitMilli, disbelieved }: Requests): string {
  const parts = [`requested ${cores(requestMilli)}`];
  if (specMilli !== requestMilli) parts.push(`in the spec ${cores(specMilli)}`);
  parts.push(limitMilli === undefined ? 'no limit' : `limit ${cores(limitMilli)}`);
  if (disbelieved !== undefined) parts.push(`record of original requests not believed: ${disbelieved}`);
  return parts.join(', ');
}

function withReason(text: string, reason: string | undefined): string {
  return reason === undefined ? text : `${text}: ${reason}`;
}

function linesText(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${lines.map((line) => `${clean(line)}\n`).join('')}`;
}
