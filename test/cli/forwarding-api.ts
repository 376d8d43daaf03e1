import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** An API server that knows pods and forwards a port of one of them, as kubelet does over a web socket. */
export interface ForwardingApi {
  readonly server: string;
  /** Path and query of each request. */
  readonly requests: readonly string[];
  close(): void;
}

export interface ForwardingOptions {
  readonly pods: readonly object[];
  /** The port of this machine that stands for 9101 of the pod. */
  readonly target: number;
  /** Refuses the port-forward with this status. */
  readonly refuse?: number;
  /** Said on the error stream, as kubelet does when nothing listens in the pod. */
  readonly complaint?: string;
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const BINARY = 2;
const CLOSE = 8;
const DATA_STREAM = 0;
const ERROR_STREAM = 1;

export async function forwardingApi({ pods, target, refuse, complaint }: ForwardingOptions): Promise<ForwardingApi> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const api = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: pods }),
    );
  });
  api.on('connection', (socket) => sockets.add(socket));
  api.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    requests.push(request.url ?? '');
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      return;
    }
    accept(request, socket);
    const port = Buffer.from([0x8d, 0x23]);
    socket.write(frame(BINARY, Buffer.concat([Buffer.from([DATA_STREAM]), port])));
    socket.write(frame(BINARY, Buffer.concat([Buffer.from([ERROR_STREAM]), port])));
    if (complaint === undefined) pipe(socket, target);
    else socket.write(frame(BINARY, Buffer.concat([Buffer.from([ERROR_STREAM]), Buffer.from(complaint)])));
  });
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
  return {
    server: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    requests,
    close() {
      api.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function accept({ headers }: IncomingMessage, socket: Socket): void {
  const key = createHash('sha1').update(`${headers['sec-websocket-key']}${GUID}`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${key}\r\nsec-websocket-protocol: v4.channel.k8s.io\r\n\r\n`,
  );
}

/** Bytes of the data stream to the target and back. */
function pipe(socket: Socket, port: number): void {
  const pod = connect(port, '127.0.0.1');
  const end = () => {
    pod.destroy();
    socket.destroy();
  };
  for (const side of [pod, socket]) side.on('error', end).on('close', end);
  pod.on('data', (chunk: Buffer) => socket.write(frame(BINARY, Buffer.concat([Buffer.from([DATA_STREAM]), chunk]))));
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let read = unframe(pending); read !== null; read = unframe(pending)) {
      pending = pending.subarray(read.length);
      if (read.opcode === CLOSE) end();
      else if (read.opcode === BINARY && read.payload[0] === DATA_STREAM) pod.write(read.payload.subarray(1));
    }
  });
}

function frame(opcode: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head[0] = 0x80 | opcode;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

function unframe(bytes: Buffer): { readonly opcode: number; readonly payload: Buffer; readonly length: number } | null {
  if (bytes.length < 2) return null;
  const short = (bytes[1] ?? 0) & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (bytes.length < 6 + extra) return null;
  const size = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const start = 6 + extra;
  if (bytes.length < start + size) return null;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(bytes.subarray(start, start + size)).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload: Buffer.from(payload), length: start + size };
}
