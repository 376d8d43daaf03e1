import { loadAll, YAMLException } from 'js-yaml';
import { TemperError } from '../../model/errors.ts';
import { nearest } from './nearest.ts';
import { type Config, environmentName, flagName, SETTING_NAMES, SETTINGS, type SettingName } from './settings.ts';

/** Where settings come from; later sources win. */
export interface Sources {
  /** The text of the configuration file, and its name for messages. */
  readonly file?: { readonly path: string; readonly text: string };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Flag values by flag name, e.g. `webhook-enabled`. */
  readonly flags: Readonly<Record<string, string>>;
}

type Values = Map<SettingName, { readonly value: unknown; readonly from: string }>;

/**
 * Puts the configuration together: flags over environment over file over defaults.
 *
 * @throws {TemperError} TMP1002, TMP1003 or TMP1004, naming the source and the key.
 */
export function loadConfig({ file, environment, flags }: Sources): Config {
  const values: Values = new Map();
  if (file !== undefined) readFile(file, values);
  for (const name of SETTING_NAMES) {
    const variable = environmentName(name);
    const fromEnvironment = environment[variable];
    if (fromEnvironment !== undefined) values.set(name, { value: scalar(name, fromEnvironment), from: variable });
    const fromFlag = flags[flagName(name)];
    if (fromFlag !== undefined) values.set(name, { value: scalar(name, fromFlag), from: `--${flagName(name)}` });
  }
  refuseUnknownVariables(environment);
  const config = Object.fromEntries(SETTING_NAMES.map((name) => [name, settingValue(name, values)])) as Config;
  checkTogether(config);
  return config;
}

function readFile({ path, text }: { path: string; text: string }, values: Values): void {
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
  walk(document, '', path, values);
}

function walk(mapping: Record<string, unknown>, prefix: string, path: string, values: Values): void {
  for (const [key, value] of Object.entries(mapping)) {
    const name = prefix + key;
    if (isSetting(name)) values.set(name, { value, from: path });
    else if (isMapping(value) && SETTING_NAMES.some((known) => known.startsWith(`${name}.`))) {
      walk(value, `${name}.`, path, values);
    } else throw unknownKey(path, name, SETTING_NAMES);
  }
}

function settingValue(name: SettingName, values: Values): unknown {
  const given = values.get(name);
  if (given === undefined) return SETTINGS[name].default;
  const result = SETTINGS[name].schema.safeParse(given.value);
  if (result.success) return result.data;
  throw new TemperError('TMP1004', `${given.from}: ${name} must be ${SETTINGS[name].values}`);
}

/** A value from the environment or a flag: what YAML makes of it, except that text stays text and a list may be `a,b`. */
function scalar(name: SettingName, value: string): unknown {
  const fallback = SETTINGS[name].default;
  if (typeof fallback === 'string') return value;
  if (Array.isArray(fallback)) return value === '' ? [] : value.split(',').map((item) => item.trim());
  if (typeof fallback === 'number') return value.trim() === '' ? value : Number(value);
  return value === 'true' ? true : value === 'false' ? false : value;
}

function refuseUnknownVariables(environment: Sources['environment']): void {
  const known = new Set([...SETTING_NAMES.map(environmentName), 'TEMPER_CONFIG']);
  for (const [variable, value = ''] of Object.entries(environment)) {
    if (!variable.startsWith('TEMPER_') || known.has(variable) || isServiceLink(variable, value)) continue;
    throw unknownKey('environment', variable, [...known]);
  }
}

/** Kubernetes puts the addresses of Services into each pod's environment, under the Service's name. */
function isServiceLink(variable: string, value: string): boolean {
  return /_SERVICE_(HOST|PORT)|_PORT_\d+_(TCP|UDP|SCTP)/.test(variable) || /^(tcp|udp|sctp):\/\//.test(value);
}

function checkTogether(config: Config): void {
  const order = ['critical', 'high', 'normal', 'low'] as const;
  const thresholds = order.map((tier) => config[`priorityMapping.${tier}`]);
  if (thresholds.some((value, index) => index > 0 && value >= (thresholds[index - 1] ?? value))) {
    throw new TemperError('TMP1004', 'priorityMapping must fall from critical over high and normal to low');
  }
  if (!config['webhook.enabled'] && !config['extender.enabled']) {
    throw new TemperError('TMP1004', 'nothing to serve: set webhook.enabled or extender.enabled to true');
  }
  const needsTls = config['webhook.enabled'] || !config['extender.loopback'];
  if (config['server.tls.certFile'] === '' && needsTls) {
    throw new TemperError(
      'TMP1004',
      'server.tls.certFile may be empty only for an extender that is served on the loopback',
    );
  }
}

/** TMP1003 with the known name that was most likely meant. */
export function unknownKey(source: string, typed: string, known: readonly string[]): TemperError {
  const shown = typed.slice(0, 120);
  return new TemperError('TMP1003', `${source}: ${shown}; the nearest known one is ${nearest(typed, known)}`);
}

function isSetting(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The settings that differ and are read only at start. */
export function needsRestart(before: Config, after: Config): SettingName[] {
  return SETTING_NAMES.filter(
    (name) => SETTINGS[name].restart && JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
}
