import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

const MAX_LINES = 40;
const MAX_LINE = 400;

/** The last lines of some streams without their colours, bounded whatever is written to them. */
export class OutputTail {
  #lines: string[] = [];
  readonly #heard: (line: string) => void;

  /** @param heard is told each whole line */
  constructor(heard: (line: string) => void = () => {}) {
    this.#heard = heard;
  }

  /** Reads on to the end, so that the writer never waits for us. */
  follow(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      // A line without an end must not grow without one either: its begin is what is kept.
      rest = (lines.pop() ?? '').slice(0, MAX_LINE);
      this.#add(lines);
      lines.forEach(this.#heard);
    });
    stream.on('end', () => {
      if (rest !== '') this.#add([rest]);
    });
    stream.on('error', () => {});
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  #add(lines: readonly string[]): void {
    this.#lines = [...this.#lines, ...lines.slice(-MAX_LINES).map(plain)].slice(-MAX_LINES);
  }
}

function plain(line: string): string {
  return stripVTControlCharacters(line).slice(0, MAX_LINE);
}
