import { type ExchangeContext, exchange } from './exchange.ts';
import { createListReader, type ListMetadata } from './list-items.ts';
import { readObjectMeta } from './object-meta.ts';
import { listRequest, type Resource } from './resource.ts';
import { RestartError, restart } from './restart.ts';

/** A whole list, and the version from which a watch goes on. */
export interface Listed<T> {
  readonly objects: ReadonlyMap<string, T>;
  readonly version: string;
}

/**
 * Lists a resource page by page, keeping only the projections.
 *
 * @param limit objects in a page; undefined for all in one answer
 * @param unreadable called for each object that is not understood
 * @throws RestartError
 */
export async function list<T>(
  context: ExchangeContext,
  resource: Resource<T>,
  limit: number | undefined,
  unreadable: () => void,
): Promise<Listed<T>> {
  const { maxObjectBytes, maxPages } = context.settings;
  const objects = new Map<string, T>();
  const take = (item: unknown): void => {
    const meta = readObjectMeta(item);
    const value = meta === null ? null : resource.read(item);
    if (meta === null || value === null) unreadable();
    else objects.set(meta.key, value);
  };
  const readPage = async (token: string | undefined): Promise<ListMetadata> => {
    const page = { ...(limit !== undefined && { limit }), ...(token !== undefined && { continue: token }) };
    const reader = createListReader(maxObjectBytes, take);
    for await (const chunk of exchange(context, listRequest(resource, page))) reader.push(chunk);
    return reader.end();
  };

  const first = await readPage(undefined);
  let page = first;
  for (let pages = 1; page.continue !== undefined; pages += 1) {
    if (pages >= maxPages) throw new RestartError(restart('bad-list', `the list has more than ${maxPages} pages`));
    page = await readPage(page.continue);
  }
  // Should the pages be of different times, the watch must begin with the earliest.
  return { objects, version: first.resourceVersion };
}
