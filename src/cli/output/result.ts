import { errorBody, type TemperError } from '../../model/errors.ts';
import { EXIT, type ExitCode, exitOf } from '../exit.ts';
import type { CliIo } from '../io.ts';
import { type Paint, paintFor } from './colour.ts';
import { clean } from './table.ts';

export type Form = 'table' | 'json';

/** What a command found, in both forms. */
export interface Result {
  /** The `kind` of the JSON document. */
  readonly kind: string;
  /** The rest of it. */
  readonly data: object;
  /** The same for people, lines with their ends. */
  readonly text: (paint: Paint) => string;
  /** @default 0 */
  readonly exit?: ExitCode;
  /** For stderr, one line each. */
  readonly hints?: readonly string[];
  /** Something that is not as it was asked for; it decides the exit code. */
  readonly problem?: TemperError;
}

export const API_VERSION = 'cli.temper.codes/v1';

/** Writes data to stdout and all else to stderr. Returns the exit code. */
export function show(result: Result, form: Form, io: CliIo): ExitCode {
  const { text, hints = [], problem, exit = EXIT.ok } = result;
  if (form === 'json') io.stdout.write(`${jsonOf(result, 2)}\n`);
  else io.stdout.write(text(paintFor(io.stdout, io.env)));
  for (const hint of hints) io.stderr.write(`${clean(hint)}\n`);
  return problem === undefined ? exit : showError(problem, form, io);
}

/** The JSON document of a result; in one line without an indent. */
export function jsonOf({ kind, data }: Result, indent = 0): string {
  return printable(JSON.stringify({ apiVersion: API_VERSION, kind, ...data }, null, indent));
}

/** Writes an error to stderr: two lines for people, or the same document as temper's HTTP answers. */
export function showError(error: TemperError, form: Form, io: CliIo): ExitCode {
  if (form === 'json') {
    io.stderr.write(`${printable(JSON.stringify(errorBody(error.id, error.detail)))}\n`);
  } else {
    const paint = paintFor(io.stderr, io.env);
    io.stderr.write(`${paint('red', 'error')} ${clean(error.message)}\n  ${error.remedy}\n`);
  }
  return exitOf(error.id);
}

/** JSON escapes only a part of what a terminal obeys. */
function printable(json: string): string {
  return json.replace(/[\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
