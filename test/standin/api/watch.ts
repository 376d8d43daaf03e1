import type { Clock } from '../../../src/model/clock.ts';
import { parseFieldSelector } from './field-selector.ts';
import type { KubeObject } from './objects.ts';
import { badRequest, expired, versionAhead } from './refusals.ts';
import { apiVersionOf, type ResourceType } from './resources.ts';
import type { Status, StatusError } from './status.ts';
import type { Change, ChangeType, ObjectStore } from './store.ts';

export interface WatchQuery {
  readonly namespace?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Events after this version; absent or `0`: the state now as ADDED events first. */
  readonly resourceVersion?: string | undefined;
  readonly allowBookmarks?: boolean;
  /** The server ends the watch after this long. @default never */
  readonly timeoutMs?: number | undefined;
}

export type WatchEvent =
  | { readonly type: ChangeType | 'BOOKMARK'; readonly object: KubeObject }
  | { readonly type: 'ERROR'; readonly object: Status };

export interface WatchSink {
  event(event: WatchEvent): void;
  /** Nothing follows. Not called when the watcher itself stops. */
  end(): void;
}

export interface WatchDeps {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly bookmarkEveryMs: number;
}

/**
 * Watches a resource. A version that is compacted or yet to come becomes an ERROR event in the
 * stream, as the API server does it. Throws its 400 for a selector or version that is none.
 *
 * @returns the function with which the watcher stops.
 */
export function startWatch(deps: WatchDeps, type: ResourceType, query: WatchQuery, sink: WatchSink): () => void {
  const { store, clock } = deps;
  const selector = parseFieldSelector(type.plural, query.fieldSelector ?? '');
  const selects = (object: KubeObject): boolean =>
    (query.namespace === undefined || object.metadata.namespace === query.namespace) && selector.matches(object);
  const since = parseVersion(query.resourceVersion ?? '');
  const problem = since === 0 ? null : versionProblem(store, since);
  if (problem !== null) {
    sink.event({ type: 'ERROR', object: problem.status });
    sink.end();
    return () => {};
  }

  const send = (change: Change): void => {
    const event = change.resource === type.plural ? seenThrough(change, selects) : null;
    if (event !== null) sink.event(event);
  };
  const cancels = new Map<string, () => void>();
  const stop = (): void => {
    for (const cancel of cancels.values()) cancel();
    cancels.clear();
  };
  const bookmark = (): void => {
    const metadata = { resourceVersion: String(store.version) };
    sink.event({
      type: 'BOOKMARK',
      object: { kind: type.kind, apiVersion: apiVersionOf(type), metadata, ...type.hollow },
    });
  };
  const bookmarkLater = (): void => {
    const again = (): void => {
      bookmark();
      bookmarkLater();
    };
    cancels.set('bookmark', clock.after(deps.bookmarkEveryMs, again));
  };

  if (since === 0) sendState(store, type, selects, sink);
  else for (const change of store.changesSince(since)) send(change);
  cancels.set('store', store.subscribe(send));
  if (query.allowBookmarks) bookmarkLater();
  if (query.timeoutMs !== undefined) {
    const end = (): void => {
      stop();
      if (query.allowBookmarks) bookmark();
      sink.end();
    };
    cancels.set('timeout', clock.after(query.timeoutMs, end));
  }
  return stop;
}

function sendState(
  store: ObjectStore,
  type: ResourceType,
  selects: (object: KubeObject) => boolean,
  sink: WatchSink,
): void {
  for (const [, object] of store.snapshot(type.plural, store.version)) {
    if (selects(object)) sink.event({ type: 'ADDED', object });
  }
}

/** A write as a watcher with that selector sees it: an object may enter and leave the selection. */
function seenThrough(change: Change, selects: (object: KubeObject) => boolean): WatchEvent | null {
  const { previous, object } = change;
  const isIn = change.type !== 'DELETED' && selects(object);
  const wasIn = previous !== undefined && selects(previous);
  if (isIn) return { type: wasIn ? 'MODIFIED' : 'ADDED', object };
  if (!wasIn) return null;
  // The last state that was in the selection, at the version of the write that took it out.
  const metadata = { ...previous.metadata, resourceVersion: String(change.version) };
  return { type: 'DELETED', object: { ...previous, metadata } };
}

function parseVersion(text: string): number {
  if (text === '') return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw badRequest(`resourceVersion: Invalid value: ${JSON.stringify(text)}: not a resource version`);
}

function versionProblem(store: ObjectStore, since: number): StatusError | null {
  const { version, compactedVersion } = store;
  if (since < compactedVersion) return expired(`too old resource version: ${since} (${compactedVersion})`);
  return since > version ? versionAhead(since, version) : null;
}
