import { z } from 'zod';
import { type Factor, parseFactor } from '../src/model/factor.ts';
import { OVERCOMMIT, OVERCOMMIT_FACTOR } from '../src/model/keys.ts';

/** What a namespace says about overcommit. */
export interface NamespaceFacts {
  readonly optedIn: boolean;
  /** The namespace's own factor; null without one, `invalid` where the annotation is not a decimal in (0, 1]. */
  readonly factor: Factor | 'invalid' | null;
}

const map = z.record(z.string(), z.string()).nullish();
const schema = z.object({ metadata: z.object({ labels: map, annotations: map }) });

/** Projection of a Namespace, metadata only. */
export function readNamespace(object: unknown): NamespaceFacts | null {
  const result = schema.safeParse(object);
  if (!result.success) return null;
  const { labels, annotations } = result.data.metadata;
  const factor = annotations?.[OVERCOMMIT_FACTOR];
  return {
    optedIn: labels?.[OVERCOMMIT] === 'enabled',
    factor: factor === undefined ? null : (parseFactor(factor) ?? 'invalid'),
  };
}
