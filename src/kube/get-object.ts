import { type ExchangeContext, exchange } from './exchange.ts';
import { readText } from './read-text.ts';
import type { ResourceRequest } from './resource.ts';
import { RestartError, restart } from './restart.ts';

/** One object, whole. @throws RestartError */
export async function getObject(context: ExchangeContext, request: ResourceRequest): Promise<unknown> {
  const text = await readText(exchange(context, request), context.settings.maxObjectBytes);
  if (text === null) throw new RestartError(restart('bad-list', 'the object is too large'));
  try {
    return JSON.parse(text);
  } catch {
    throw new RestartError(restart('bad-list', 'the answer is not JSON'));
  }
}
