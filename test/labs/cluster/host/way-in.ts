import { rmSync } from 'node:fs';
import { createConnection, createServer, type ListenOptions, type NetConnectOpts, type Server } from 'node:net';
import { pipeline } from 'node:stream';

/**
 * The way into a network of our own, for kubectl and helm outside: files are common to both networks, so the two sides
 * meet at a socket that is a file.
 */

/** Outside: whoever connects to the address is led to the socket. */
export const openOutside = (host: string, port: number, socket: string): Promise<Server> =>
  lead({ host, port }, { path: socket });

/** Inside: whoever comes by the socket is led to the address. */
export async function openInside(socket: string, host: string, port: number): Promise<Server> {
  rmSync(socket, { force: true });
  return await lead({ path: socket }, { host, port });
}

function lead(from: ListenOptions, to: NetConnectOpts): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (caller) => {
    const callee = createConnection({ ...to, allowHalfOpen: true });
    const end = (): void => {
      caller.destroy();
      callee.destroy();
    };
    // One that breaks takes the other with it; one that has said all may still listen.
    for (const [source, sink] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      pipeline(source, sink, (error) => void (error && end()));
    }
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(from, () => resolve(server));
  });
}
