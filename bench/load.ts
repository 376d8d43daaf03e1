import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

export interface Load {
  readonly port: number;
  /** PEM of the authority that signed the server's certificate. */
  readonly ca: string;
  readonly path: string;
  readonly body: string;
  readonly connections: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds of each request, sorted. */
  readonly times: readonly number[];
}

/**
 * Sends one request after another on each connection until `done` says so. It writes prepared bytes and
 * reads no more of an answer than its length, so that the server and not the client is the slower one.
 *
 * @throws when an answer is not 200 or a connection ends
 */
export async function load(
  { port, ca, path, body, connections }: Load,
  done: (requests: number) => boolean,
): Promise<LoadResult> {
  const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  const bytes = Buffer.from(head + body);
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port, ca)));
  const times: number[] = [];
  const begun = performance.now();
  await Promise.all(sockets.map((socket) => drive(socket, bytes, times, done)));
  const seconds = (performance.now() - begun) / 1000;
  for (const socket of sockets) socket.destroy();
  return { requests: times.length, seconds, times: times.sort((a, b) => a - b) };
}

async function open(port: number, ca: string): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' });
  socket.setNoDelay(true);
  await once(socket, 'secureConnect');
  return socket;
}

function drive(socket: TLSSocket, bytes: Buffer, times: number[], done: (requests: number) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentAt = 0;
    let received: Buffer = Buffer.alloc(0);
    const send = (): void => {
      sentAt = performance.now();
      received = Buffer.alloc(0);
      socket.write(bytes);
    };
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (!isWhole(received)) return;
      if (!received.subarray(0, 12).equals(OK)) {
        reject(new Error(received.subarray(0, 200).toString()));
        return;
      }
      times.push(performance.now() - sentAt);
      if (done(times.length)) resolve();
      else send();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
    send();
  });
}

const OK = Buffer.from('HTTP/1.1 200');

function isWhole(answer: Buffer): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /content-length: (\d+)/i.exec(answer.subarray(0, end).toString('latin1'))?.[1];
  if (length === undefined) throw new Error('an answer without content-length');
  return answer.length >= end + 4 + Number(length);
}

export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
