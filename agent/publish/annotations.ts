import { oneLine } from '../../src/kube/restart.ts';
import type { AgentAnnotation } from '../../src/model/agent-annotations.ts';
import { AGENT_STATUS, AGENT_VERSION, CONFIG_GENERATION, QOS_OVERRIDES, TIER_LOAD } from '../../src/model/keys.ts';
import { encodeTierLoad, type TierLoad } from '../../src/model/tier-load.ts';
import { statusText } from '../status.ts';
import type { Wanted } from './publish.ts';

/** Values to write; null removes the annotation. */
export type AnnotationPatch = Partial<Record<AgentAnnotation, string | null>>;

/** What the annotations would be at this moment; what is not known is left out. `now` is the time of day. */
export function annotationsOf(
  { status, generation, version, qosOverrides, load }: Wanted,
  now: number,
): AnnotationPatch {
  return {
    // A reason may quote what another program printed.
    [AGENT_STATUS]: oneLine(statusText(status)),
    [CONFIG_GENERATION]: String(generation),
    [AGENT_VERSION]: version,
    ...(qosOverrides !== undefined && { [QOS_OVERRIDES]: qosOverrides }),
    ...(load !== null && { [TIER_LOAD]: encodeTierLoad({ ...load, at: now }) }),
  };
}

const texts = new WeakMap<TierLoad, string>();

/** A tier load without its time, which alone is no news. Each is asked for at every turn until it is written. */
export function timeless(load: TierLoad): string {
  const text = texts.get(load) ?? encodeTierLoad({ ...load, at: 0 });
  texts.set(load, text);
  return text;
}
