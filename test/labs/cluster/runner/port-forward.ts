import { spawn } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { acceptWebSocket, BINARY, CLOSE, frame, readFrames } from '../../../support/web-socket.ts';
import { Refusal } from './refusal.ts';
import type { RunningPod } from './run-pod.ts';

/** One port over one web socket, as temper-cli asks for it. kubectl speaks SPDY, which the lab does not know. */
const PROTOCOL = 'v4.channel.k8s.io';
const DATA = 0;
const ERROR = 1;
const DIAL = join(import.meta.dirname, 'dial.ts');

/** @throws Refusal */
export function forwardPort(pod: RunningPod, params: URLSearchParams, request: IncomingMessage, socket: Duplex): void {
  const asked = (request.headers['sec-websocket-protocol'] ?? '').split(/, */);
  if (!asked.includes(PROTOCOL)) throw new Refusal(501, `the lab's kubelet forwards by ${PROTOCOL} alone`);
  const [port = '', ...others] = params.getAll('port').flatMap((text) => text.split(','));
  if (!/^\d+$/.test(port) || others.length > 0) throw new Refusal(400, 'the lab forwards one port');
  acceptWebSocket(request, socket, PROTOCOL);
  const send = (channel: number, bytes: Buffer): void =>
    void socket.write(frame(BINARY, Buffer.concat([Buffer.from([channel]), bytes])));
  const number = Buffer.alloc(2);
  number.writeUInt16LE(Number(port));
  for (const channel of [DATA, ERROR]) send(channel, number);

  // From within the pod's network: what listens on its loopback alone is reached as well.
  const inside = ['--target', String(pod.network.pid), '--net', process.execPath, DIAL, port];
  const dial = spawn('setpriv', ['--pdeathsig', 'KILL', 'nsenter', ...inside], { stdio: 'pipe' });
  dial.stdout.on('data', (chunk: Buffer) => send(DATA, chunk));
  dial.stderr.on('data', (chunk: Buffer) => send(ERROR, chunk));
  dial.stdin.on('error', () => {});
  dial.on('close', () => socket.end(frame(CLOSE, Buffer.alloc(0))));
  for (const event of ['error', 'close'] as const) socket.on(event, () => void dial.kill());
  readFrames(socket, ({ opcode, payload }) => {
    if (opcode === CLOSE) socket.end();
    else if (opcode === BINARY && payload[0] === DATA) dial.stdin.write(payload.subarray(1));
  });
}
