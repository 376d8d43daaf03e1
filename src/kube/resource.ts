/** What to list and watch, and what to keep of each object. */
export interface Resource<T> {
  /** The label of the metrics, e.g. `nodes`. */
  readonly name: string;
  /** Where the collection lives, e.g. `/api/v1/nodes`. */
  readonly path: string;
  /** Asks for labels, annotations and the rest of `metadata` only; a server that cannot do that sends whole objects. */
  readonly metadataOnly?: boolean;
  readonly fieldSelector?: string;
  /**
   * The part of an API object that is kept. Null when the object is not understood: it is counted and
   * treated as absent. Must not throw and must not keep the object itself.
   */
  read(object: unknown): T | null;
}

/** One request of a list-watch. */
export interface ResourceRequest {
  /** Path and query. */
  readonly path: string;
  readonly accept: string;
}

/** @param page `limit` is absent when the whole list is wanted in one answer */
export function listRequest(
  resource: Resource<unknown>,
  page: { readonly limit?: number; readonly continue?: string },
): ResourceRequest {
  const query: Record<string, string> = {};
  if (page.limit !== undefined) query['limit'] = String(page.limit);
  if (page.continue !== undefined) query['continue'] = page.continue;
  return request(resource, query, 'PartialObjectMetadataList');
}

export function watchRequest(resource: Resource<unknown>, version: string, seconds: number): ResourceRequest {
  const query = {
    watch: 'true',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(seconds),
    resourceVersion: version,
  };
  return request(resource, query, 'PartialObjectMetadata');
}

function request(resource: Resource<unknown>, query: Record<string, string>, partial: string): ResourceRequest {
  const parameters = new URLSearchParams(query);
  if (resource.fieldSelector !== undefined) parameters.set('fieldSelector', resource.fieldSelector);
  const accept = resource.metadataOnly
    ? `application/json;as=${partial};g=meta.k8s.io;v=v1, application/json`
    : 'application/json';
  const text = parameters.toString();
  return { path: text === '' ? resource.path : `${resource.path}?${text}`, accept };
}
