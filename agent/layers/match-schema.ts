import { z } from 'zod';
import { NEVER } from './prefix-matches.ts';

/** scx_layered panics at exactly 4096 bytes. */
const MAX_PREFIX = 4095;

/** It has room for so many OR blocks in a layer. */
export const MAX_OR_BLOCKS = 32;

/**
 * A cgroup's path as the kernel's side builds it: from the host's root, no slash in front, one behind. One
 * in another form would match nothing or, when empty, everything; without the slash behind, `pod1` matches `pod10`.
 */
const prefix = z
  .string()
  .max(MAX_PREFIX)
  .refine((text) => text === NEVER || /^(?:[!-.0-~][ -.0-~]*\/)+$/.test(text), 'not a cgroup path of the form a/b/');

/**
 * The conditions temper uses. All others are refused with the rest of unknown keys: `CgroupContains` compares
 * with garbage, `CgroupRegex` misses pods, comm rules can be forged by any process and panic from 16 bytes on.
 */
const cgroupPrefix = z.strictObject({ CgroupPrefix: prefix });

/** `false` would mean the same as `true`. */
const kernelThread = z.strictObject({ IsKthread: z.literal(true) });

/** An empty AND block takes every task, so only the last layer may have one. */
const andBlock = z
  .array(z.union([cgroupPrefix, kernelThread]))
  .min(1)
  .max(26);

/** Matches of any layer but the last; none at all is refused by scx_layered. */
export const earlierMatches = z.array(andBlock).min(1).max(MAX_OR_BLOCKS);

/** The last layer has to take every task: exactly `[[]]`. */
export const lastMatches = z.tuple([z.tuple([])]);
