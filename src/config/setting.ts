import type { z } from 'zod';

/**
 * One setting of a process: what it means, what it may be, what it is without being set. File keys,
 * environment variables, flags and docs/reference/configuration.md all follow from tables of these.
 */
export interface Setting {
  readonly schema: z.ZodType;
  readonly default: unknown;
  readonly help: string;
  /** What may be given, for people. */
  readonly values: string;
  /** Whether it is read only at start. */
  readonly restart: boolean;
}

/** The settings of a process by their dotted names. */
export type SettingTable = Readonly<Record<string, Setting>>;

/** All settings of a table with their values. */
export type ConfigOf<Table extends SettingTable> = { readonly [Name in keyof Table]: z.output<Table[Name]['schema']> };

export function setting<S extends z.ZodType>(
  schema: S,
  fallback: z.output<S>,
  values: string,
  help: string,
  when: 'live' | 'restart' = 'live',
) {
  return { schema, default: fallback, values, help, restart: when === 'restart' };
}

/** The same settings, in a process that takes them up while it runs. */
export function live<Table extends SettingTable>(table: Table): Table {
  return Object.fromEntries(Object.entries(table).map(([name, one]) => [name, { ...one, restart: false }])) as Table;
}

/** `webhook.minimumFactor` -> `TEMPER_WEBHOOK_MINIMUM_FACTOR`. */
export function environmentName(name: string): string {
  return `TEMPER_${words(name).join('_').toUpperCase()}`;
}

/** `webhook.minimumFactor` -> `webhook-minimum-factor`. */
export function flagName(name: string): string {
  return words(name).join('-').toLowerCase();
}

function words(name: string): string[] {
  return name.replace(/([a-z])([A-Z])/g, '$1.$2').split('.');
}

/** The settings of a table that differ and are read only at start. */
export function needsRestart(
  table: SettingTable,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  return Object.keys(table).filter(
    (name) => table[name]?.restart === true && JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
}
