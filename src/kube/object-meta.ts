import { z } from 'zod';

/** A slash would let one object pass for another under its key. */
const name = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[^/]+$/);

const version = z.string().min(1).max(256);

const schema = z.object({
  metadata: z.object({ name, namespace: name.or(z.literal('')).nullish(), resourceVersion: version }),
});

const bookmark = z.object({ metadata: z.object({ resourceVersion: version }) });

/** What a list-watch itself needs of an object. */
export interface ObjectMeta {
  /** `namespace/name`, or `name` for what has no namespace. */
  readonly key: string;
  /** Opaque: only to be given back to the server. */
  readonly version: string;
}

/** Null when it is no Kubernetes object. Never throws. */
export function readObjectMeta(object: unknown): ObjectMeta | null {
  const result = schema.safeParse(object);
  if (!result.success) return null;
  const { metadata } = result.data;
  const key = metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
  return { key, version: metadata.resourceVersion };
}

/** The version alone, which is all that a bookmark has. */
export function readVersion(object: unknown): string | null {
  const result = bookmark.safeParse(object);
  return result.success ? result.data.metadata.resourceVersion : null;
}
