import { Command, CommanderError } from 'commander';
import { TemperError } from '../model/errors.ts';
import { unknownKey } from './load.ts';
import { environmentName, flagName, type SettingTable } from './setting.ts';

export interface Flags {
  /** Path of the configuration file, if one was given. */
  readonly config: string | undefined;
  /** Setting flags as they were typed, by flag name. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A process that is configured by a table of settings. */
export interface Program {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly table: SettingTable;
}

/** What the process does instead of serving: it has printed its help or version. */
export class Printed extends Error {}

/**
 * Reads the command line: `--config` and one flag for each setting. A switch may stand alone for `true`.
 *
 * @throws {TemperError} TMP1003 for a flag that is none, TMP1004 for one without its value.
 * @throws {Printed} after --help or --version.
 */
export function readFlags(args: readonly string[], { name, description, version, table }: Program): Flags {
  const command = new Command(name)
    .description(description)
    .version(version)
    .option('--config <path>', 'configuration file, YAML (TEMPER_CONFIG)')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const [key, { default: fallback, help, values }] of Object.entries(table)) {
    const shown = JSON.stringify(fallback);
    const value = typeof fallback === 'boolean' ? '[value]' : '<value>';
    command.option(`--${flagName(key)} ${value}`, `${help} (${values}; default ${shown}; ${environmentName(key)})`);
  }
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw usageError(error, args, Object.keys(table));
    throw error;
  }
  const options = command.opts<Record<string, string | true | undefined>>();
  const settings: Record<string, string> = {};
  for (const key of Object.keys(table)) {
    const flag = flagName(key);
    const value = options[camelCase(flag)];
    if (value !== undefined) settings[flag] = value === true ? 'true' : value;
  }
  return { config: options['config'] as string | undefined, settings };
}

function usageError({ code, message }: CommanderError, args: readonly string[], keys: readonly string[]): Error {
  if (code === 'commander.helpDisplayed' || code === 'commander.version') return new Printed();
  if (code === 'commander.unknownOption') {
    const flags = [...keys.map((key) => `--${flagName(key)}`), '--config'];
    const typed = args.find((arg) => message.includes(`'${arg}'`) || message.includes(`'${arg.split('=')[0]}'`));
    return unknownKey('command line', typed?.split('=')[0] ?? '', flags);
  }
  return new TemperError('TMP1004', `command line: ${message.replace(/^error: /, '')}`);
}

function camelCase(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
