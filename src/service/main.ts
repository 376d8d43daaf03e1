import { runProcess } from '../config/process.ts';
import { configuredAccess } from '../kube/credentials.ts';
import { createTransport } from '../kube/transport.ts';
import { systemClock } from '../telemetry/system-clock.ts';
import { loadConfig, SETTINGS } from './config/settings.ts';
import { startService } from './run.ts';

runProcess({
  component: 'service',
  description: 'Serves the overcommit webhook and the scheduler extender of temper.',
  table: SETTINGS,
  collectProcess: (metrics) => metrics.collectProcess(),
  load: loadConfig,
  async start({ config, metrics, logger }) {
    const access = await configuredAccess(config, process.env);
    logger.info({ server: access.server.origin, source: access.source }, 'API server');
    const transport = createTransport(access);
    return await startService({ config, transport, clock: systemClock, random: Math.random, metrics, logger });
  },
});
