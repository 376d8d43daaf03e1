import { loadAll, YAMLException } from 'js-yaml';
import { TemperError } from '../model/errors.ts';
import { nearest } from './nearest.ts';
import { type ConfigOf, environmentName, flagName, type Setting, type SettingTable } from './setting.ts';

/** Where settings come from; later sources win. */
export interface Sources {
  /** The text of the configuration file, and its name for messages. */
  readonly file?: { readonly path: string; readonly text: string };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Flag values by flag name, e.g. `webhook-enabled`. */
  readonly flags: Readonly<Record<string, string>>;
}

type Values = Map<string, { readonly value: unknown; readonly from: string }>;

/**
 * Makes the function that puts a process's configuration together: flags over environment over file
 * over defaults. It throws a TemperError, TMP1002, TMP1003 or TMP1004, naming the source and the key.
 *
 * @param checkTogether throws TMP1004 where values that are valid alone do not fit each other.
 */
export function createLoader<Table extends SettingTable>(
  table: Table,
  checkTogether: (config: ConfigOf<Table>) => void,
): (sources: Sources) => ConfigOf<Table> {
  return ({ file, environment, flags }) => {
    const values: Values = new Map();
    if (file !== undefined) readFile(file, table, values);
    for (const [name, { default: fallback }] of Object.entries(table)) {
      const variable = environmentName(name);
      const fromEnvironment = environment[variable];
      if (fromEnvironment !== undefined) values.set(name, { value: scalar(fallback, fromEnvironment), from: variable });
      const fromFlag = flags[flagName(name)];
      if (fromFlag !== undefined) values.set(name, { value: scalar(fallback, fromFlag), from: `--${flagName(name)}` });
    }
    refuseUnknownVariables(environment, Object.keys(table));
    const entries = Object.entries(table).map(([name, setting]) => [name, settingValue(name, setting, values)]);
    const config = Object.fromEntries(entries) as ConfigOf<Table>;
    checkTogether(config);
    return config;
  };
}

function readFile({ path, text }: { path: string; text: string }, table: SettingTable, values: Values): void {
  let documents: unknown[];
  try {
    documents = loadAll(text);
  } catch (cause) {
    // The parser's long message quotes the text; its short one and the line do not.
    const at = cause instanceof YAMLException ? `${cause.reason}, line ${(cause.mark?.line ?? 0) + 1}` : 'not YAML';
    throw new TemperError('TMP1002', `${path}: ${at}`);
  }
  if (documents.length > 1) throw new TemperError('TMP1002', `${path}: more than one YAML document`);
  const document = documents[0] ?? {};
  if (!isMapping(document)) throw new TemperError('TMP1002', `${path}: not a mapping of keys to values`);
  walk(document, '', { path, table, values });
}

interface Walk {
  readonly path: string;
  readonly table: SettingTable;
  readonly values: Values;
}

function walk(mapping: Record<string, unknown>, prefix: string, { path, table, values }: Walk): void {
  for (const [key, value] of Object.entries(mapping)) {
    const name = prefix + key;
    if (Object.hasOwn(table, name)) values.set(name, { value, from: path });
    else if (isMapping(value) && Object.keys(table).some((known) => known.startsWith(`${name}.`))) {
      walk(value, `${name}.`, { path, table, values });
    } else throw unknownKey(path, name, Object.keys(table));
  }
}

function settingValue(name: string, setting: Setting, values: Values): unknown {
  const given = values.get(name);
  if (given === undefined) return setting.default;
  const result = setting.schema.safeParse(given.value);
  if (result.success) return result.data;
  throw new TemperError('TMP1004', `${given.from}: ${name} must be ${setting.values}`);
}

/** A value from the environment or a flag: what YAML makes of it, except that text stays text and a list may be `a,b`. */
function scalar(fallback: unknown, value: string): unknown {
  if (typeof fallback === 'string') return value;
  if (Array.isArray(fallback)) return value === '' ? [] : value.split(',').map((item) => item.trim());
  if (typeof fallback === 'number') return value.trim() === '' ? value : Number(value);
  return value === 'true' ? true : value === 'false' ? false : value;
}

function refuseUnknownVariables(environment: Sources['environment'], names: readonly string[]): void {
  const known = new Set([...names.map(environmentName), 'TEMPER_CONFIG']);
  for (const [variable, value = ''] of Object.entries(environment)) {
    if (!variable.startsWith('TEMPER_') || known.has(variable) || isServiceLink(variable, value)) continue;
    throw unknownKey('environment', variable, [...known]);
  }
}

/** Kubernetes puts the addresses of Services into each pod's environment, under the Service's name. */
function isServiceLink(variable: string, value: string): boolean {
  return /_SERVICE_(HOST|PORT)|_PORT_\d+_(TCP|UDP|SCTP)/.test(variable) || /^(tcp|udp|sctp):\/\//.test(value);
}

/** TMP1003 with the known name that was most likely meant. */
export function unknownKey(source: string, typed: string, known: readonly string[]): TemperError {
  const shown = typed.slice(0, 120);
  return new TemperError('TMP1003', `${source}: ${shown}; the nearest known one is ${nearest(typed, known)}`);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
