import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { acceptWebSocket, BINARY, CLOSE, frame, readFrames } from '../support/web-socket.ts';

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
    acceptWebSocket(request, socket, 'v4.channel.k8s.io');
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

/** Bytes of the data stream to the target and back. */
function pipe(socket: Socket, port: number): void {
  const pod = connect(port, '127.0.0.1');
  const end = () => {
    pod.destroy();
    socket.destroy();
  };
  for (const side of [pod, socket]) side.on('error', end).on('close', end);
  pod.on('data', (chunk: Buffer) => socket.write(frame(BINARY, Buffer.concat([Buffer.from([DATA_STREAM]), chunk]))));
  readFrames(socket, ({ opcode, payload }) => {
    if (opcode === CLOSE) end();
    else if (opcode === BINARY && payload[0] === DATA_STREAM) pod.write(payload.subarray(1));
  });
}
