import { needsRestart } from '../config/setting.ts';
import { TemperError } from '../model/errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type Config, SETTINGS, type SettingName } from './config/settings.ts';

export interface ReloadDeps {
  /** Reads the configuration anew. @throws TemperError where it is not valid. */
  readonly load: () => Config;
  /** Puts a new configuration in force. */
  readonly apply: (config: Config) => void;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Takes up a changed configuration: whole or not at all, and what is read only at start not before the next. */
export function createReload(initial: Config, { load, apply, metrics, logger }: ReloadDeps): () => void {
  const reloads = metrics.counter('temper_service_config_reloads_total');
  let current = initial;

  return () => {
    let next: Config;
    try {
      next = load();
    } catch (error) {
      const why = error instanceof TemperError ? error.message : 'it cannot be read';
      reloads.inc({ outcome: 'refused' });
      logger.error({ error: 'TMP1005' }, `TMP1005: new configuration refused, the old one is kept: ${why}`);
      return;
    }
    const waiting = needsRestart(SETTINGS, current, next);
    current = mixed(current, next);
    apply(current);
    reloads.inc({ outcome: waiting.length === 0 ? 'applied' : 'needs-restart' });
    if (waiting.length === 0) logger.info('configuration reloaded');
    else logger.warn({ error: 'TMP1006', settings: waiting }, `TMP1006: needs a restart: ${waiting.join(', ')}`);
  };
}

/** The new values of what may change at run time, the old ones of all else. */
function mixed(before: Config, after: Config): Config {
  return Object.fromEntries(
    Object.entries(SETTINGS).map(([name, { restart }]) => [name, (restart ? before : after)[name as SettingName]]),
  ) as Config;
}
