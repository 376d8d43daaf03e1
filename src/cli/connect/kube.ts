import type { ServerAccess } from '../../kube/access.ts';
import { loadAccess } from '../../kube/credentials.ts';
import { list } from '../../kube/list.ts';
import { readText } from '../../kube/read-text.ts';
import type { Resource } from '../../kube/resource.ts';
import { describe, RestartError } from '../../kube/restart.ts';
import { DEFAULT_SETTINGS } from '../../kube/settings.ts';
import { createTransport, type SendOptions } from '../../kube/transport.ts';
import { TemperError } from '../../model/errors.ts';
import { type Context, inTime } from '../context.ts';

/** The API server as the user's own kubeconfig reaches it, so that RBAC and audit are the user's. */
export interface Kube {
  readonly access: ServerAccess;
  list<T>(resource: Resource<T>): Promise<ReadonlyMap<string, T>>;
  /** One request that writes, or does as if. What the server makes of it is the caller's to judge. */
  send(request: KubeRequest): Promise<KubeAnswer>;
  close(): void;
}

export interface KubeRequest {
  readonly method: SendOptions['method'];
  /** Path and query. */
  readonly path: string;
  readonly contentType?: string;
  readonly body: unknown;
}

export interface KubeAnswer {
  readonly status: number;
  /** Null where it is no JSON. */
  readonly body: unknown;
}

/** @throws TemperError TMP3001 where there is no usable kubeconfig */
export async function connectKube({ io, options }: Context): Promise<Kube> {
  const access = await loadAccess({
    env: io.env,
    ...(options.kubeconfig !== undefined && { kubeconfig: options.kubeconfig }),
    ...(options.context !== undefined && { context: options.context }),
  });
  const transport = createTransport(access);
  return {
    access,
    list: async (resource) => {
      return await inTime({ io, options }, async (signal) => {
        const settings = { ...DEFAULT_SETTINGS, answerMs: options.requestTimeout, idleMs: options.requestTimeout };
        const exchange = { transport, clock: io.clock, settings, signal, heard: () => {} };
        const { objects } = await list(exchange, resource, settings.pageLimit, () => {});
        return objects;
      }).catch((error: unknown) => {
        throw kubeError(error, resource.name);
      });
    },
    send: async ({ method, path, contentType = 'application/json', body }) => {
      const headers = { accept: 'application/json', 'content-type': contentType };
      return await inTime({ io, options }, async (signal) => {
        const response = await transport.send(path, { method, headers, body: JSON.stringify(body), signal });
        return { status: response.status, body: await readJson(response.body) };
      }).catch((error: unknown) => {
        if (error instanceof TemperError) throw error;
        throw new TemperError('TMP3003', describe(error));
      });
    },
    close: () => transport.close(),
  };
}

/** What went wrong between us and the API server, as the user must hear it. */
function kubeError(error: unknown, what: string): unknown {
  if (!(error instanceof RestartError)) return error;
  const { reason, problem } = error.restart;
  const detail = `${what}: ${problem?.detail ?? reason}`;
  if (reason === 'stalled') return new TemperError('TMP3226', detail);
  if (reason !== 'forbidden') return problem ?? new TemperError('TMP3003', detail);
  return new TemperError(problem?.detail.startsWith('401') ? 'TMP3224' : 'TMP3225', detail);
}

/** Far more than any object has. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Null where it is larger, or no JSON. */
async function readJson(body: AsyncIterable<Buffer>): Promise<unknown> {
  try {
    return JSON.parse((await readText(body, MAX_ANSWER_BYTES)) ?? '');
  } catch {
    return null;
  }
}
