import { z } from 'zod';
import { readAnnotationJson } from '../../src/model/annotation-json.ts';
import { TIERS, type Tier } from '../../src/model/tier.ts';
import type { AgentPod, NodePods } from './agent-pod.ts';

/**
 * The node annotation `temper.codes/qos-overrides`: `{"<pod uid>":"high"}`. All functions are pure; the
 * caller writes the text, and removes the annotation where it is null.
 */

export const MAX_OVERRIDES = 64;

/** Longer values are not read. */
export const MAX_OVERRIDES_BYTES = 16_384;

/** What the API server makes for a uid, and a little more. This also keeps `__proto__` out of every object we build. */
export const UID = /^[0-9A-Za-z](?:[0-9A-Za-z_.-]{0,126}[0-9A-Za-z])?$/;

/** Tier by pod uid. */
export type Overrides = ReadonlyMap<string, Tier>;

export const NO_OVERRIDES: Overrides = new Map();

export type OverridesReading =
  | { readonly ok: true; readonly value: Overrides }
  | { readonly ok: false; readonly problem: 'too-large' | 'not-json' | 'too-many' | 'invalid' };

const schema = z.record(z.string().regex(UID), z.enum(TIERS));

/** Reads the annotation; absent is none. Of a value that is not understood no part counts. Never throws. */
export function decodeOverrides(text: string | undefined): OverridesReading {
  if (text === undefined) return { ok: true, value: NO_OVERRIDES };
  const reading = readAnnotationJson(text, MAX_OVERRIDES_BYTES);
  if (!reading.ok) return reading;
  const result = schema.safeParse(reading.json);
  if (!result.success) return { ok: false, problem: 'invalid' };
  const entries = Object.entries(result.data);
  if (entries.length > MAX_OVERRIDES) return { ok: false, problem: 'too-many' };
  return { ok: true, value: new Map(entries) };
}

/** The annotation's text; null where there is nothing to say, so that it should be removed. */
export function encodeOverrides(overrides: Overrides): string | null {
  return overrides.size === 0 ? null : JSON.stringify(Object.fromEntries(overrides));
}

/** The pod with the tier that its override gives it, if it has one. System pods keep theirs: the fence is not for them. */
export function withOverride(pod: AgentPod, overrides: Overrides): AgentPod {
  const tier = overrides.get(pod.uid);
  if (tier === undefined) return pod;
  if (pod.tier === 'system') return { ...pod, tierReason: `${pod.tierReason}; its override does not count` };
  return { ...pod, tier, tierReason: `override set by hand; without it ${pod.tier}: ${pod.tierReason}` };
}

/** A change of the overrides with the text to write, or why there is none. The reason is for people either way. */
export type OverridesChange =
  | { readonly ok: true; readonly value: Overrides; readonly text: string | null; readonly reason: string }
  | { readonly ok: false; readonly reason: string };

/** Sets one override. Refused for a pod that is not here, for a system pod, and where there are too many. */
export function setOverride(
  overrides: Overrides,
  uid: string,
  tier: Tier,
  { pods }: Pick<NodePods, 'pods'>,
): OverridesChange {
  const pod = pods.get(uid);
  if (pod === undefined) return { ok: false, reason: 'the pod is not on this node, or not known yet' };
  const name = `${pod.namespace}/${pod.name}`;
  if (pod.tier === 'system') return { ok: false, reason: `${name} is a system pod, which takes no override` };
  if (!overrides.has(uid) && overrides.size >= MAX_OVERRIDES) {
    return { ok: false, reason: `the node has ${MAX_OVERRIDES} overrides already, and more are not kept` };
  }
  return changed(new Map(overrides).set(uid, tier), `${name} is ${tier} from now on`);
}

/** Takes one override back. A pod that is gone may be named. */
export function clearOverride(overrides: Overrides, uid: string): OverridesChange {
  if (!overrides.has(uid)) return { ok: false, reason: 'the pod has no override' };
  return changed(without(overrides, [uid]), `the override of ${uid} is taken back`);
}

/**
 * Drops the overrides of pods that are gone. Null where none is, and while the pods have not been listed
 * since the start: a pod that is not known yet is not gone.
 */
export function expireOverrides(overrides: Overrides, node: NodePods): OverridesChange | null {
  const gone = node.synced ? [...overrides.keys()].filter((uid) => !node.pods.has(uid)) : [];
  if (gone.length === 0) return null;
  return changed(without(overrides, gone), `gone with their pods: ${gone.join(', ')}`);
}

function without(overrides: Overrides, uids: readonly string[]): Overrides {
  const rest = new Map(overrides);
  for (const uid of uids) rest.delete(uid);
  return rest;
}

function changed(value: Overrides, reason: string): OverridesChange {
  return { ok: true, value, text: encodeOverrides(value), reason };
}
