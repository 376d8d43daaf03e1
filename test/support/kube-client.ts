import { Buffer } from 'node:buffer';
import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { ServerAccess } from '../../src/kube/access.ts';
import { kubeconfigAccess } from '../../src/kube/kubeconfig.ts';

/** Any API object, as far as tests look into it. */
export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly [field: string]: unknown;
}

/** The API server said no. */
export class Refused extends Error {
  override name = 'Refused';
  readonly status: number;
  /** As in the Status object, e.g. `Forbidden`. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(`${status} ${reason}: ${message}`);
    this.status = status;
    this.reason = reason;
  }
}

export interface Answer<T> {
  readonly object: T;
  /** What `Warning` headers said. */
  readonly warnings: readonly string[];
}

type Query = Readonly<Record<string, string>>;

/** Plain calls of the API by path; what is not 2xx is thrown as Refused. Tests only: it retries nothing. */
export interface KubeClient {
  get<T = ApiObject>(path: string, query?: Query): Promise<T>;
  /** The items, with nothing left out. */
  list<T = ApiObject>(path: string, query?: Query): Promise<T[]>;
  create<T = ApiObject>(path: string, body: object, query?: Query): Promise<T>;
  /** A merge patch. */
  patch<T = ApiObject>(path: string, body: object, query?: Query): Promise<T>;
  put<T = ApiObject>(path: string, body: object, query?: Query): Promise<T>;
  delete(path: string, body?: object): Promise<void>;
  call<T>(method: string, path: string, options?: CallOptions): Promise<Answer<T>>;
  close(): void;
}

export interface CallOptions {
  readonly body?: object;
  readonly query?: Query;
  /** @default 'application/json' */
  readonly contentType?: string;
}

/** @param kubeconfig path of the file */
export async function createKubeClient(kubeconfig: string): Promise<KubeClient> {
  return clientOf(await kubeconfigAccess([kubeconfig], undefined));
}

export function clientOf(access: ServerAccess): KubeClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });

  async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<Answer<T>> {
    const { tls, headers } = await access.credentials();
    const secure = access.server.protocol === 'https:';
    const query = new URLSearchParams(options.query).toString();
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const url = new URL(`${path}${query === '' ? '' : `?${query}`}`, access.server);
    const sent = {
      ...tls,
      method,
      headers: {
        accept: 'application/json',
        'content-type': options.contentType ?? 'application/json',
        // Node sends none with DELETE, and then the body is taken for the next request.
        'content-length': String(Buffer.byteLength(body ?? '')),
        ...headers,
      },
    };
    return await new Promise((resolve, reject) => {
      const outgoing = secure ? httpsRequest(url, { ...sent, agent }) : httpRequest(url, sent);
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        text(response)
          .then((answer) => resolve(judge<T>(response, answer)), reject)
          .catch(reject);
      });
      outgoing.end(body);
    });
  }

  const objectOf = async <T>(answer: Promise<Answer<T>>): Promise<T> => (await answer).object;
  const withQuery = (query?: Query): CallOptions => (query === undefined ? {} : { query });
  return {
    call,
    get: (path, query) => objectOf(call('GET', path, withQuery(query))),
    list: async <T>(path: string, query?: Query) =>
      (await objectOf(call<{ items: T[] }>('GET', path, withQuery(query)))).items,
    create: (path, body, query) => objectOf(call('POST', path, { body, ...withQuery(query) })),
    patch: (path, body, query) =>
      objectOf(call('PATCH', path, { body, contentType: 'application/merge-patch+json', ...withQuery(query) })),
    put: (path, body, query) => objectOf(call('PUT', path, { body, ...withQuery(query) })),
    async delete(path, body) {
      await call('DELETE', path, body === undefined ? {} : { body });
    },
    close: () => agent.destroy(),
  };
}

function judge<T>(
  { statusCode = 0, headersDistinct }: { statusCode?: number | undefined; headersDistinct: NodeJS.Dict<string[]> },
  answer: string,
): Answer<T> {
  const object: unknown = answer.startsWith('{') ? JSON.parse(answer) : answer;
  if (statusCode >= 200 && statusCode < 300) {
    // `299 - "text"`
    const warnings = (headersDistinct['warning'] ?? []).map((one) => /^\d+ \S+ "(.*)"$/.exec(one)?.[1] ?? one);
    return { object: object as T, warnings };
  }
  const { reason = '', message = answer } = (typeof object === 'object' ? object : {}) as Record<string, string>;
  throw new Refused(statusCode, reason, message);
}
