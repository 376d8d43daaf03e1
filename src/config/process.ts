import { TemperError } from '../model/errors.ts';
import { createLogStream } from '../telemetry/log-stream.ts';
import { createLogger, type Logger, type LogLevel } from '../telemetry/logger.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { watchProcess } from '../telemetry/process.ts';
import { stackOf } from '../telemetry/stack.ts';
import { systemClock } from '../telemetry/system-clock.ts';
import { VERSION } from '../telemetry/version.ts';
import { watchFiles } from './file-watch.ts';
import { type Flags, Printed, readFlags } from './flags.ts';
import type { Sources } from './load.ts';
import { configPath, readConfig } from './read.ts';
import { createReload, type ReloadNews } from './reload.ts';
import type { SettingTable } from './setting.ts';

/** What each process that serves has among its settings. */
type ProcessConfig = Readonly<Record<string, unknown>> & {
  readonly 'log.level': LogLevel;
  readonly 'server.reloadMs': number;
};

export interface ProcessOptions<Config> {
  /** `agent` of `temper-agent`; also names its metrics and its log. */
  readonly component: 'agent' | 'service';
  readonly description: string;
  readonly table: SettingTable;
  /** How its memory and CPU become metrics. */
  readonly collectProcess: (metrics: Metrics) => void;
  readonly load: (sources: Sources) => Config;
  readonly start: (parts: Started<Config>) => Promise<Running<Config>>;
}

export interface Started<Config> {
  readonly config: Config;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export interface Running<Config> {
  /** Takes up settings that may change at run time. */
  configure(config: Config): void;
  /** Hears how what is in force differs from the file. */
  told?(news: ReloadNews): void;
  stop(): Promise<void>;
}

/** Exit codes: docs/reference/cli.md. */
const FAILURE = 1;
const USAGE = 2;

/** Runs this process until it is asked to end: settings, log and metrics, what it is for, and its settings again when their file changes. */
export function runProcess<Config extends ProcessConfig>(options: ProcessOptions<Config>): void {
  run(options).catch((error: unknown) => {
    if (error instanceof Printed) return;
    const known = error instanceof TemperError;
    process.stderr.write(known ? `${error.message}\n  ${error.remedy}\n` : `${String(error)}\n${stackOf(error)}\n`);
    process.exit(known && /^TMP100/.test(error.id) ? USAGE : FAILURE);
  });
}

async function run<Config extends ProcessConfig>(options: ProcessOptions<Config>): Promise<void> {
  const { component, description, table } = options;
  const name = `temper-${component}`;
  const flags: Flags = readFlags(process.argv.slice(2), { name, description, version: VERSION, table });
  const load = (): Config => readConfig(options.load, flags, process.env);
  const config = load();
  const log = createLogStream(process.stdout, systemClock);
  const logger = createLogger(component, config['log.level'], log);
  const metrics = new Metrics();
  options.collectProcess(metrics);
  metrics.gauge(`temper_${component}_info`).set({ version: VERSION }, 1);
  const ending = watchProcess(log, logger);

  const running = await options.start({ config, metrics, logger });
  const reload = createReload(config, {
    table,
    load,
    apply(next) {
      logger.level = next['log.level'];
      running.configure(next);
    },
    told: (news) => running.told?.(news),
    reloads: metrics.counter(`temper_${component}_config_reloads_total`),
    logger,
  });
  const path = configPath(flags, process.env);
  const files = path === undefined ? undefined : watchFiles([path], config['server.reloadMs'], systemClock, reload);
  // It may have changed since it was read, before anybody watched.
  void files?.look().then(reload);
  process.on('SIGHUP', () => void files?.look());

  ending.onAsked(() => {
    files?.stop();
    return running.stop();
  });
}
