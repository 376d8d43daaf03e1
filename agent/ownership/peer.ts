import type { Socket } from 'node:net';
import { z } from 'zod';
import { STAGES, type Told } from './ownership.ts';

/** One line is some 60 bytes. */
const MAX_LINE = 1_024;

/** Fields beyond these are a newer agent's. */
const LINE = z.object({ v: z.literal(1), stage: z.enum(STAGES), phase: z.string().max(40) });

/** The line that tells the other end all there is to know. */
export function encode({ stage, phase }: Told): string {
  return `${JSON.stringify({ v: 1, stage, phase })}\n`;
}

/** Null for what is not understood: then the one before holds. */
export function decode(line: string): Told | null {
  try {
    const { stage, phase } = LINE.parse(JSON.parse(line));
    return { stage, phase };
  } catch {
    return null;
  }
}

export interface PeerEvents {
  /** It has said something new of itself. */
  readonly told: (told: Told) => void;
  /** It is gone: its process has ended, or has let go of us. */
  readonly gone: () => void;
}

/** Another agent, at the other end of a connection. The kernel ends that with the process, however it died. */
export class Peer {
  readonly #socket: Socket;
  #rest = '';
  #last = '';

  constructor(socket: Socket, { told, gone }: PeerEvents) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      const lines = (this.#rest + chunk).split('\n');
      this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE);
      for (const line of lines) {
        const state = decode(line);
        if (state !== null) told(state);
      }
    });
    // `close` follows.
    socket.on('error', () => {});
    socket.on('close', gone);
    // The other end must not keep us alive.
    socket.unref();
  }

  /** Once for each state: one that does not read must not fill our memory. */
  tell(state: Told): void {
    const line = encode(state);
    if (line === this.#last) return;
    this.#last = line;
    if (this.#socket.writableLength > MAX_LINE) this.#socket.destroy();
    else this.#socket.write(line);
  }

  close(): void {
    this.#socket.destroy();
  }
}
