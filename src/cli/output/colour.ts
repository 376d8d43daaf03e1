import type { CliIo, Output } from '../io.ts';

export type Colour = 'red' | 'yellow' | 'green';

const CODES: Readonly<Record<Colour, number>> = { red: 31, yellow: 33, green: 32 };

export type Paint = (colour: Colour, text: string) => string;

/** Colours only where a person looks: on a terminal, without NO_COLOR, and with one that knows colours. */
export function paintFor(output: Output, env: CliIo['env']): Paint {
  const wanted = output.isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return wanted ? (colour, text) => `\u001b[${CODES[colour]}m${text}\u001b[0m` : (_colour, text) => text;
}
