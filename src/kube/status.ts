import { z } from 'zod';

/** The part of Kubernetes' `Status` that decides what to do; what is missing or of another type is left out. */
const schema = z.object({
  code: z.int().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  details: z
    .object({ retryAfterSeconds: z.int().min(0).optional() })
    .optional()
    .catch(undefined),
});

export interface Status {
  /** 0 if it has none. */
  readonly code: number;
  readonly message: string;
  readonly retryAfterMs: number;
}

/** Never throws: what is no Status at all gives an empty one. */
export function readStatus(object: unknown): Status {
  const { data } = schema.safeParse(object);
  return {
    code: data?.code ?? 0,
    message: data?.message ?? '',
    retryAfterMs: (data?.details?.retryAfterSeconds ?? 0) * 1000,
  };
}
