import { createConnection, type Socket } from 'node:net';
import type { Clock } from '../../src/model/clock.ts';

/** An answer of 512 CPUs and 15 layers has some 100 KB. */
const MAX_LINE = 1_048_576;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: () => void;
}

/**
 * One JSON object a line, both ways, one question at a time. After any failure the connection is given up:
 * a late answer could be taken for that of the next question.
 */
export class LineSocket {
  readonly #path: string;
  readonly #clock: Clock;
  #socket: Socket | null = null;
  #buffer = '';
  #waiting: Waiting | null = null;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Rejects where there is no socket, no whole answer in time, one too long or no JSON. */
  ask(question: object, timeoutMs: number): Promise<unknown> {
    if (this.#waiting !== null) return Promise.reject(new Error('a question is open already'));
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(timeoutMs, () => this.#fail(`no answer within ${timeoutMs} ms`));
      this.#waiting = { resolve, reject, cancel };
      this.#socket ??= this.#connect();
      this.#socket.write(`${JSON.stringify(question)}\n`);
    });
  }

  close(): void {
    this.#fail('the connection was closed');
  }

  #connect(): Socket {
    const socket = createConnection(this.#path);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => this.#socket === socket && this.#hear(chunk));
    socket.on(
      'error',
      (error: NodeJS.ErrnoException) => this.#socket === socket && this.#fail(error.code ?? error.message),
    );
    socket.on('close', () => this.#socket === socket && this.#fail('the connection ended'));
    socket.unref();
    return socket;
  }

  #hear(chunk: string): void {
    this.#buffer += chunk;
    const end = this.#buffer.indexOf('\n');
    if (end === -1) {
      if (this.#buffer.length > MAX_LINE) this.#fail('the answer is too long');
      return;
    }
    const line = this.#buffer.slice(0, end);
    this.#buffer = this.#buffer.slice(end + 1);
    const waiting = this.#waiting;
    // Nobody asked: whoever answers does not speak the protocol.
    if (waiting === null || this.#buffer !== '') {
      this.#fail('an answer that nobody asked for');
      return;
    }
    const value = parse(line);
    if (value === undefined) {
      this.#fail('the answer is no JSON');
      return;
    }
    this.#waiting = null;
    waiting.cancel();
    waiting.resolve(value);
  }

  #fail(reason: string): void {
    const waiting = this.#waiting;
    this.#socket?.destroy();
    this.#socket = null;
    this.#waiting = null;
    this.#buffer = '';
    waiting?.cancel();
    waiting?.reject(new Error(`statistics socket: ${reason}`));
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
