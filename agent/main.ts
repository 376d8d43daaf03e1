import { type Flags, Printed, readFlags } from '../src/config/flags.ts';
import { readConfig } from '../src/config/read.ts';
import { loadAccess } from '../src/kube/credentials.ts';
import { createTransport } from '../src/kube/transport.ts';
import { TemperError } from '../src/model/errors.ts';
import { createLogStream } from '../src/telemetry/log-stream.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { Metrics } from '../src/telemetry/metrics.ts';
import { watchProcess } from '../src/telemetry/process.ts';
import { stackOf } from '../src/telemetry/stack.ts';
import { systemClock } from '../src/telemetry/system-clock.ts';
import { VERSION } from '../src/telemetry/version.ts';
import { type AgentConfig, loadConfig, SETTINGS } from './config/settings.ts';
import { raisePriority } from './host/priority.ts';
import { startAgent } from './run.ts';

const PROGRAM = {
  name: 'temper-agent',
  description: 'Enforces the tiers of the pods on this node with scx_layered.',
  version: VERSION,
  table: SETTINGS,
};

/** Exit codes: docs/reference/cli.md. */
const FAILURE = 1;
const USAGE = 2;

async function access(config: AgentConfig) {
  return await loadAccess({
    env: process.env,
    ...(config['kube.kubeconfig'] !== '' && { kubeconfig: config['kube.kubeconfig'] }),
    ...(config['kube.context'] !== '' && { context: config['kube.context'] }),
  });
}

async function main(): Promise<void> {
  const flags: Flags = readFlags(process.argv.slice(2), PROGRAM);
  const config = readConfig(loadConfig, flags, process.env);
  // Outside of a pod there are others in our cgroup, and they would pay for it.
  const priority = process.env['POD_UID'] === undefined ? null : raisePriority();
  const log = createLogStream(process.stdout, systemClock);
  const logger = createLogger('agent', config['log.level'], log);
  if (priority !== null)
    logger.warn({ problem: priority }, 'while the scheduler loads, the agent may be slow to answer');
  const metrics = new Metrics();
  metrics.collectProcess();
  metrics.gauge('temper_agent_info').set({ version: VERSION }, 1);
  const ending = watchProcess(log, logger);

  const transport = createTransport(await access(config));
  const { env: environment } = process;
  const agent = await startAgent({
    config,
    transport,
    clock: systemClock,
    random: Math.random,
    metrics,
    logger,
    environment,
  });

  ending.onAsked(() => agent.stop());
}

main().catch((error: unknown) => {
  if (error instanceof Printed) return;
  const known = error instanceof TemperError;
  process.stderr.write(known ? `${error.message}\n  ${error.remedy}\n` : `${String(error)}\n${stackOf(error)}\n`);
  process.exit(known && /^TMP100/.test(error.id) ? USAGE : FAILURE);
});
