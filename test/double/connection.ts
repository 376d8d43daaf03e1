import type { Double } from './double.ts';
import type { DoubleFaults } from './faults.ts';
import { Invalid } from './live.ts';

const EINVAL = 22;

/** One connection to the statistics socket: a JSON object a line both ways, and values since its last request. */
export class Connection {
  readonly #double: Double;
  readonly #faults: () => DoubleFaults;

  constructor(double: Double, faults: () => DoubleFaults) {
    this.#double = double;
    this.#faults = faults;
  }

  /** The answer to one line, without its end; null for silence. */
  answer(line: string): string | null {
    const { socket, controlSilent, controlGarbage } = this.#faults();
    if (socket === 'silent') return null;
    if (socket === 'garbage') return '{"errno":0,"args":{"resp":{"layers":"\u0000';
    if (socket === 'error') return failure(5, 'as the test wants it');
    const request = parse(line);
    if (request === null) return failure(EINVAL, 'expected ident at line 1 column 2');
    if (request.req !== 'stats') return invalid(`unknown command ${request.req}`);
    const { target = 'top' } = request.args ?? {};
    if (target === 'top') return this.#statistics();
    if (controlSilent) return null;
    if (controlGarbage) return success({ members: 'as the test wants it', layers: null, threads: [{}], applied: -1 });
    try {
      return success(this.#double.live(target, request.args ?? {}));
    } catch (error) {
      if (error instanceof Invalid) return invalid(error.message);
      throw error;
    }
  }

  #statistics(): string {
    const layers = this.#double.layers();
    return success({ at: 0, busy: 0, layers, excl_idle: null });
  }
}

function parse(line: string): { req: string; args?: Record<string, string> } | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const success = (resp: unknown): string => JSON.stringify({ errno: 0, args: { resp } });
const invalid = (text: string): string =>
  failure(EINVAL, `Invalid argument (os error ${EINVAL})\n\nCaused by:\n    ${text}`);
const failure = (errno: number, resp: string): string => JSON.stringify({ errno, args: { resp } });
