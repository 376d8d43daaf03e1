import { TemperError } from '../../model/errors.ts';
import { TIERS } from '../../model/tier.ts';
import { withAgent } from '../connect/agent.ts';
import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { clean } from '../output/table.ts';
import { readPodRef } from '../pod-ref.ts';

/** Gives a pod another tier. */
export async function qosSet(context: Context, pod: string, tier: string): Promise<Result> {
  const ref = readPodRef(pod, context.options.namespace);
  if (!(TIERS as readonly string[]).includes(tier)) {
    throw new TemperError('TMP3221', `a tier is one of ${TIERS.join(', ')}`);
  }
  const { change } = await withAgent(context, ref, (agent) => agent.call('SetQos', { pod: ref, tier }));
  return changed(change, 'qos clear takes it back');
}

/** Takes the override of a pod back. */
export async function qosClear(context: Context, pod: string): Promise<Result> {
  const ref = readPodRef(pod, context.options.namespace);
  const { change } = await withAgent(context, ref, (agent) => agent.call('ClearQos', { pod: ref }));
  return changed(change, null);
}

interface Change {
  readonly namespace: string;
  readonly name: string;
  readonly before?: string;
  readonly tier: string;
}

function changed(change: Change | null, undo: string | null): Result {
  if (change === null) throw new TemperError('TMP3228', 'an answer without the change');
  const { namespace, name, before, tier } = change;
  return {
    kind: 'QosChange',
    data: change,
    text: () => `${clean(`${namespace}/${name}`)}: ${clean(tier)} (override before: ${clean(before ?? 'none')})\n`,
    ...(undo !== null && { hints: [undo] }),
  };
}
