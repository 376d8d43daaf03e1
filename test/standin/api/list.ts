import { decodeContinue, encodeContinue } from './continue-token.ts';
import { parseFieldSelector } from './field-selector.ts';
import type { KubeObject } from './objects.ts';
import { expired } from './refusals.ts';
import { apiVersionOf, type ResourceType } from './resources.ts';
import type { ObjectStore } from './store.ts';

export interface ListQuery {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** The most items of one page; 0 or absent: all. */
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
}

export interface ListPage {
  /** The version at which all pages show the state. */
  readonly version: number;
  readonly items: readonly KubeObject[];
  readonly continue?: string;
  /** Items after this page; absent where it is the last one or the list is selected by fields. */
  readonly remaining?: number;
}

const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the ' +
  'continue parameter, or use the continue token in this response for the rest, which is then not consistent.';

/** One page of a list. All pages show the state at the first page's version. Throws the 400 and 410 of the API server. */
export function listPage(store: ObjectStore, { plural }: ResourceType, query: ListQuery): ListPage {
  const selector = parseFieldSelector(plural, query.fieldSelector ?? '');
  const prefix = query.namespace === undefined ? '' : `${query.namespace}/`;
  const token = query.continue ? decodeContinue(query.continue) : undefined;
  const version = token === undefined || token.version === -1 ? store.version : token.version;
  if (token !== undefined && (version < store.compactedVersion || version > store.version)) {
    throw expired(TOO_OLD, encodeContinue({ ...token, version: -1 }));
  }
  const after = prefix + (token?.after ?? '');
  const found = store
    .snapshot(plural, version)
    .filter(([key, object]) => key.startsWith(prefix) && key > after && selector.matches(object));
  const limit = query.limit || found.length;
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const items = page.map(([, object]) => object);
  if (last === undefined || found.length <= limit) return { version, items };
  return {
    version,
    items,
    continue: encodeContinue({ version, after: last[0].slice(prefix.length) }),
    ...(selector.isEmpty && { remaining: found.length - limit }),
  };
}

/** The list document; with `metadataOnly` as a PartialObjectMetadataList. Items of a typed list do not repeat their kind. */
export function listDocument(type: ResourceType, page: ListPage, metadataOnly: boolean): unknown {
  const metadata = {
    resourceVersion: String(page.version),
    ...(page.continue !== undefined && { continue: page.continue }),
    ...(page.remaining !== undefined && { remainingItemCount: page.remaining }),
  };
  if (metadataOnly) {
    const items = page.items.map(metadataOf);
    return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items };
  }
  const items = page.items.map(({ kind: _kind, apiVersion: _apiVersion, ...rest }) => rest);
  return { kind: `${type.kind}List`, apiVersion: apiVersionOf(type), metadata, items };
}

/** An object cut down to its metadata. */
export function metadataOf({ metadata }: KubeObject): KubeObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}
