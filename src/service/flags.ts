import { Command, CommanderError } from 'commander';
import { TemperError } from '../model/errors.ts';
import { unknownKey } from './config/load.ts';
import { environmentName, flagName, SETTING_NAMES, SETTINGS } from './config/settings.ts';

export interface Flags {
  /** Path of the configuration file, if one was given. */
  readonly config: string | undefined;
  /** Setting flags as they were typed, by flag name. */
  readonly settings: Readonly<Record<string, string>>;
}

/** What the process does instead of serving: it has printed its help or version. */
export class Printed extends Error {}

/**
 * Reads the command line: `--config` and one flag for each setting. A switch may stand alone for `true`.
 *
 * @throws {TemperError} TMP1003 for a flag that is none, TMP1004 for one without its value.
 * @throws {Printed} after --help or --version.
 */
export function readFlags(args: readonly string[], version: string): Flags {
  const command = new Command('temper-service')
    .description('Serves the overcommit webhook and the scheduler extender of temper.')
    .version(version)
    .option('--config <path>', 'configuration file, YAML (TEMPER_CONFIG)')
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const name of SETTING_NAMES) {
    const { default: fallback, help, values } = SETTINGS[name];
    const shown = JSON.stringify(fallback);
    const value = typeof fallback === 'boolean' ? '[value]' : '<value>';
    command.option(`--${flagName(name)} ${value}`, `${help} (${values}; default ${shown}; ${environmentName(name)})`);
  }
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw usageError(error, args);
    throw error;
  }
  const options = command.opts<Record<string, string | true | undefined>>();
  const settings: Record<string, string> = {};
  for (const name of SETTING_NAMES) {
    const flag = flagName(name);
    const value = options[camelCase(flag)];
    if (value !== undefined) settings[flag] = value === true ? 'true' : value;
  }
  return { config: options['config'] as string | undefined, settings };
}

function usageError({ code, message }: CommanderError, args: readonly string[]): Error {
  if (code === 'commander.helpDisplayed' || code === 'commander.version') return new Printed();
  if (code === 'commander.unknownOption') {
    const flags = [...SETTING_NAMES.map((name) => `--${flagName(name)}`), '--config'];
    const typed = args.find((arg) => message.includes(`'${arg}'`) || message.includes(`'${arg.split('=')[0]}'`));
    return unknownKey('command line', typed?.split('=')[0] ?? '', flags);
  }
  return new TemperError('TMP1004', `command line: ${message.replace(/^error: /, '')}`);
}

function camelCase(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
