import { type ObjectMeta, readObjectMeta, readVersion } from './object-meta.ts';
import { readStatus, type Status } from './status.ts';

/** One line of a watch. */
export type WatchEvent =
  | { readonly type: 'set' | 'delete'; readonly meta: ObjectMeta; readonly object: unknown }
  | { readonly type: 'bookmark'; readonly version: string }
  | { readonly type: 'error'; readonly status: Status }
  /** An event, but of no known type, or about something that is no Kubernetes object. */
  | { readonly type: 'unknown' };

/** Null when the line is no watch event at all, so that nothing after it can be trusted. Never throws. */
export function readWatchEvent(line: string): WatchEvent | null {
  const envelope = parse(line);
  if (typeof envelope !== 'object' || envelope === null) return null;
  const { type, object } = envelope as { type?: unknown; object?: unknown };
  if (typeof type !== 'string') return null;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return change('set', object);
    case 'DELETED':
      return change('delete', object);
    case 'BOOKMARK': {
      const version = readVersion(object);
      return version === null ? { type: 'unknown' } : { type: 'bookmark', version };
    }
    case 'ERROR':
      return { type: 'error', status: readStatus(object) };
    default:
      return { type: 'unknown' };
  }
}

function change(type: 'set' | 'delete', object: unknown): WatchEvent {
  const meta = readObjectMeta(object);
  return meta === null ? { type: 'unknown' } : { type, meta, object };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
