import { TemperError } from '../model/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import { needsRestart, type SettingTable } from './setting.ts';

export interface ReloadDeps<Config> {
  readonly table: SettingTable;
  /** Reads the configuration anew. @throws TemperError where it is not valid. */
  readonly load: () => Config;
  /** Puts a new configuration in force. */
  readonly apply: (config: Config) => void;
  /** Hears what came of each change, after `apply`. */
  readonly told: (news: ReloadNews) => void;
  readonly reloads: { inc(labels: { readonly outcome: 'applied' | 'refused' | 'needs-restart' }): void };
  readonly logger: Logger;
}

/** How what is in force differs from what the file says. */
export interface ReloadNews {
  /** Why the file is not in force at all; null where it is. */
  readonly refused: string | null;
  /** Settings that differ and wait for a restart. */
  readonly waiting: readonly string[];
}

export const NO_NEWS: ReloadNews = { refused: null, waiting: [] };

/**
 * Takes up a changed configuration: whole or not at all, and what is read only at start not before the next.
 * Where nothing differs from what was loaded last it does nothing.
 */
export function createReload<Config extends Readonly<Record<string, unknown>>>(
  initial: Config,
  { table, load, apply, told, reloads, logger }: ReloadDeps<Config>,
): () => void {
  let loaded = initial;
  let current = initial;
  let isRefused = false;

  return () => {
    let next: Config;
    try {
      next = load();
    } catch (error) {
      const why = error instanceof TemperError ? error.message : 'it cannot be read';
      isRefused = true;
      reloads.inc({ outcome: 'refused' });
      logger.error({ error: 'TMP1005' }, `TMP1005: new configuration refused, the old one is kept: ${why}`);
      told({ refused: why, waiting: needsRestart(table, current, loaded) });
      return;
    }
    if (!isRefused && JSON.stringify(next) === JSON.stringify(loaded)) return;
    isRefused = false;
    loaded = next;
    const waiting = needsRestart(table, current, next);
    current = mixed(table, current, next);
    apply(current);
    reloads.inc({ outcome: waiting.length === 0 ? 'applied' : 'needs-restart' });
    if (waiting.length === 0) logger.info('configuration reloaded');
    else logger.warn({ error: 'TMP1006', settings: waiting }, `TMP1006: needs a restart: ${waiting.join(', ')}`);
    told({ refused: null, waiting });
  };
}

/** The new values of what may change at run time, the old ones of all else. */
function mixed<Config extends Readonly<Record<string, unknown>>>(
  table: SettingTable,
  before: Config,
  after: Config,
): Config {
  return Object.fromEntries(
    Object.entries(table).map(([name, { restart }]) => [name, (restart ? before : after)[name]]),
  ) as Config;
}
