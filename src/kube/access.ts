import type { Agent } from 'node:http';
import type { RequestOptions } from 'node:https';

/** What lets one request in: made anew for each request, since tokens rotate and certificates are renewed. */
export interface RequestCredentials {
  readonly headers: Readonly<Record<string, string>>;
  /** Basic authentication as `user:password`, if the kubeconfig asks for it. */
  readonly auth?: string;
  readonly tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;
  /** Only where the way leads through a proxy. */
  readonly proxy?: Agent;
}

/** Where the API server is and how to be let in. */
export interface ServerAccess {
  readonly server: URL;
  /** Where this was found, for logs: no secrets. */
  readonly source: string;
  /** Rejects when the credentials cannot be had now (a file is gone, an exec plugin fails). */
  credentials(): Promise<RequestCredentials>;
  /** The server refused the credentials: what is cached of them must go. */
  renew(): void;
}

/** Access to an API server that asks for nothing, such as `kubectl proxy`. */
export function anonymousAccess(server: URL): ServerAccess {
  return {
    server,
    source: 'anonymous',
    credentials: () => Promise.resolve({ headers: {}, tls: {} }),
    renew: () => {},
  };
}
