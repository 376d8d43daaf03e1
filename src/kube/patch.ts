import type { WriteOutcome, Writer } from './write.ts';

/** An object whose annotations are written. */
export interface PatchTarget {
  /** Where it lives, e.g. `/api/v1/nodes/worker-1`: parts of it that are names must be encoded. */
  readonly path: string;
  /** Under which name `managedFields` lists what is written. */
  readonly fieldManager: string;
}

/** The path of a Node. */
export function nodePath(name: string): string {
  return `/api/v1/nodes/${encodeURIComponent(name)}`;
}

/**
 * Writes some annotations of an object with one JSON merge patch and leaves all else as it is. It has no precondition: whoever
 * owns the keys may write them whatever else has changed, so the same patch may be sent twice.
 *
 * @param annotations null removes the key
 */
export function patchAnnotations(
  writer: Writer,
  { path, fieldManager }: PatchTarget,
  annotations: Readonly<Record<string, string | null>>,
): Promise<WriteOutcome> {
  return writer.write({
    method: 'PATCH',
    path: `${path}?${new URLSearchParams({ fieldManager })}`,
    contentType: 'application/merge-patch+json',
    body: JSON.stringify({ metadata: { annotations } }),
  });
}
