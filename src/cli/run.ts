import { CommanderError } from 'commander';
import { TemperError } from '../model/errors.ts';
import { complete } from './complete.ts';
import { EXIT } from './exit.ts';
import type { CliIo } from './io.ts';
import { type Form, show, showError } from './output/result.ts';
import { createProgram, type Parsed } from './program.ts';

/**
 * Runs one command line.
 *
 * @param args without the program's name
 * @returns the exit code; nothing is thrown
 */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  let parsed: Parsed | undefined;
  const program = createProgram(usageName(io), io, (found) => {
    parsed = found;
  });
  if (io.program === COMPLETER) return completed(complete(program, args), io, true);
  if (args[0] === '__complete') return completed(complete(program, args.slice(1)), io, false);
  try {
    program.parse([...args], { from: 'user' });
    if (parsed === undefined) throw new TemperError('TMP3221', 'a command is missing');
    const found = await parsed.chosen({ io, options: parsed.options });
    return typeof found === 'number' ? found : show(found, parsed.options.output, io);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    return showError(known(error), parsed?.options.output ?? formOf(args), io);
  }
}

/** kubectl runs this beside its plugin to complete it. */
const COMPLETER = 'kubectl_complete-temper';

/** kubectl wants a last line that says what else to offer: 4 is no files. */
function completed(candidates: readonly string[], io: CliIo, forKubectl: boolean): number {
  for (const candidate of candidates) io.stdout.write(`${candidate}\n`);
  if (forKubectl) io.stdout.write(':4\n');
  return EXIT.ok;
}

/** How the user typed it: as a plugin of kubectl it is two words. */
function usageName({ program, env }: CliIo): string {
  const isPlugin = program.startsWith('kubectl-') || env['KUBECTL_PLUGINS_CALLER'] !== undefined;
  return isPlugin ? 'kubectl temper' : 'temper-cli';
}

/** The form that was asked for, where the rest of the line was not understood. */
function formOf(args: readonly string[]): Form {
  const isJson = args.some((arg, index) => {
    if (arg === '-o' || arg === '--output') return args[index + 1] === 'json';
    return arg === '-ojson' || arg === '-o=json' || arg === '--output=json';
  });
  return isJson ? 'json' : 'table';
}

function known(error: unknown): TemperError {
  if (error instanceof TemperError) return error;
  if (error instanceof CommanderError) {
    const text = error.code === 'commander.help' ? 'a command is missing' : error.message.replace(/^error: /, '');
    return new TemperError('TMP3221', text.replace(/\s*\n\s*/g, ' '));
  }
  return new TemperError('TMP2013', error instanceof Error ? error.message : String(error), { cause: error });
}
