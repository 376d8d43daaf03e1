import type { Command, Option } from 'commander';

/**
 * What may stand in place of the last word: commands, flags, or the values of the flag or the argument
 * that is due. Asks nobody, so that a shell never waits.
 */
export function complete(program: Command, words: readonly string[]): string[] {
  const last = words.at(-1) ?? '';
  let command = program;
  let argument = 0;
  let due: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (due !== undefined) {
      due = undefined;
      continue;
    }
    if (word.startsWith('-')) {
      const flag = findFlag(program, command, word);
      due = flag?.required && !word.includes('=') ? flag : undefined;
      continue;
    }
    const next = visible(command).find((child) => child.name() === word);
    if (next === undefined) argument += 1;
    else [command, argument] = [next, 0];
  }
  return candidates(program, command, due, argument, last).filter((candidate) => candidate.startsWith(last));
}

function candidates(
  program: Command,
  command: Command,
  due: Option | undefined,
  argument: number,
  last: string,
): string[] {
  if (due !== undefined) return due.argChoices ?? [];
  if (last.startsWith('-')) return [...flags(program, command), '--help'];
  const values = command.registeredArguments[argument]?.argChoices;
  return values === undefined ? visible(command).map((child) => child.name()) : [...values];
}

function visible(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help') as Command[];
}

function findFlag(program: Command, command: Command, word: string): Option | undefined {
  const name = word.split('=', 1)[0];
  return [...command.options, ...program.options].find(({ long, short }) => long === name || short === name);
}

function flags(program: Command, command: Command): string[] {
  const all = new Set([...command.options, ...program.options]);
  return [...all].flatMap(({ long, hidden }) => (long && !hidden ? [long] : []));
}
