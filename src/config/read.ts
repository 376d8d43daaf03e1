import { readFileSync } from 'node:fs';
import { TemperError } from '../model/errors.ts';
import type { Flags } from './flags.ts';
import type { Sources } from './load.ts';

/** Where the configuration file lies, if there is one. */
export function configPath(flags: Flags, environment: Sources['environment']): string | undefined {
  return flags.config ?? environment['TEMPER_CONFIG'];
}

/**
 * Reads the file, if any, and puts the configuration together.
 *
 * @throws {TemperError} TMP1001, and what `load` throws.
 */
export function readConfig<Config>(
  load: (sources: Sources) => Config,
  flags: Flags,
  environment: Sources['environment'],
): Config {
  const path = configPath(flags, environment);
  if (path === undefined) return load({ environment, flags: flags.settings });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TemperError('TMP1001', path, { cause });
  }
  return load({ file: { path, text }, environment, flags: flags.settings });
}
