import { isRecord } from './objects.ts';

/** Applies a JSON merge patch (RFC 7386): null removes, objects merge, all else replaces. Changes neither argument. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged = new Map(isRecord(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  // fromEntries defines keys and never assigns them, so that `__proto__` is a key like any other.
  return Object.fromEntries(merged);
}
