import { type Flags, Printed, readFlags } from '../config/flags.ts';
import { configPath, readConfig } from '../config/read.ts';
import { loadAccess } from '../kube/credentials.ts';
import { createTransport } from '../kube/transport.ts';
import { TemperError } from '../model/errors.ts';
import { createLogStream } from '../telemetry/log-stream.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { Metrics } from '../telemetry/metrics.ts';
import { watchProcess } from '../telemetry/process.ts';
import { stackOf } from '../telemetry/stack.ts';
import { systemClock } from '../telemetry/system-clock.ts';
import { VERSION } from '../telemetry/version.ts';
import { type Config, loadConfig, SETTINGS } from './config/settings.ts';
import { watchFiles } from './file-watch.ts';
import { createReload } from './reload.ts';
import { type Service, startService } from './run.ts';

const PROGRAM = {
  name: 'temper-service',
  description: 'Serves the overcommit webhook and the scheduler extender of temper.',
  version: VERSION,
  table: SETTINGS,
};

/** Exit codes: docs/reference/cli.md. */
const FAILURE = 1;
const USAGE = 2;

const readSettings = (flags: Flags): Config => readConfig(loadConfig, flags, process.env);

async function start(config: Config, logger: Logger, metrics: Metrics): Promise<Service> {
  const access = await loadAccess({
    env: process.env,
    ...(config['kube.kubeconfig'] !== '' && { kubeconfig: config['kube.kubeconfig'] }),
    ...(config['kube.context'] !== '' && { context: config['kube.context'] }),
    ...(config['kube.serviceAccount'] !== '' && { serviceAccount: config['kube.serviceAccount'] }),
  });
  logger.info({ server: access.server.origin, source: access.source }, 'API server');
  const transport = createTransport(access);
  return startService({ config, transport, clock: systemClock, random: Math.random, metrics, logger });
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2), PROGRAM);
  const config = readSettings(flags);
  const log = createLogStream(process.stdout, systemClock);
  const logger = createLogger('service', config['log.level'], log);
  const metrics = new Metrics();
  metrics.collectProcess();
  metrics.gauge('temper_service_info').set({ version: VERSION }, 1);
  const ending = watchProcess(log, logger);

  const service = await start(config, logger, metrics);
  const path = configPath(flags, process.env);
  const reload = createReload(config, { load: () => readSettings(flags), apply: service.configure, metrics, logger });
  const files = path === undefined ? undefined : watchFiles([path], config['server.reloadMs'], systemClock, reload);
  process.on('SIGHUP', () => void files?.look());

  ending.onAsked(() => {
    files?.stop();
    return service.stop();
  });
}

main().catch((error: unknown) => {
  if (error instanceof Printed) return;
  const known = error instanceof TemperError;
  process.stderr.write(known ? `${error.message}\n  ${error.remedy}\n` : `${String(error)}\n${stackOf(error)}\n`);
  process.exitCode = known && /^TMP100/.test(error.id) ? USAGE : FAILURE;
  if (process.exitCode === FAILURE) process.exit();
});
