import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** The server's side of a web socket, as far as port-forwards need it: whole messages, in frames of their own. */

export const BINARY = 2;
export const CLOSE = 8;
const PING = 9;
const PONG = 10;

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Answers the request for one. */
export function acceptWebSocket({ headers }: IncomingMessage, socket: Duplex, protocol: string): void {
  const key = createHash('sha1').update(`${headers['sec-websocket-key']}${GUID}`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${key}\r\nsec-websocket-protocol: ${protocol}\r\n\r\n`,
  );
}

export interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Tells each frame that comes; a ping is answered. */
export function readFrames(socket: Duplex, told: (frame: Frame) => void): void {
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let read = unframe(pending); read !== null; read = unframe(pending)) {
      pending = pending.subarray(read.length);
      if (read.opcode === PING) socket.write(frame(PONG, read.payload));
      else told(read);
    }
  });
}

export function frame(opcode: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head[0] = 0x80 | opcode;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

function unframe(bytes: Buffer): (Frame & { readonly length: number }) | null {
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
