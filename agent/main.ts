#!/usr/bin/env -S node --max-semi-space-size=2 --no-opt --no-maglev --no-parallel-scavenge
import { runProcess } from '../src/config/process.ts';
import { configuredAccess } from '../src/kube/credentials.ts';
import { createTransport } from '../src/kube/transport.ts';
import { systemClock } from '../src/telemetry/system-clock.ts';
import { loadConfig, SETTINGS } from './config/settings.ts';
import { raisePriority } from './host/priority.ts';
import { startAgent } from './run.ts';

runProcess({
  component: 'agent',
  description: 'Enforces the tiers of the pods on this node with scx_layered.',
  table: SETTINGS,
  collectProcess: (metrics) => metrics.collectProcessSparsely(),
  load: loadConfig,
  async start({ config, metrics, logger }) {
    const { env: environment } = process;
    // Outside of a pod there are others in our cgroup, and they would pay for it.
    const problem = environment['POD_UID'] === undefined ? null : raisePriority();
    if (problem !== null) logger.warn({ problem }, 'while the scheduler loads, the agent may be slow to answer');
    const transport = createTransport(await configuredAccess(config, environment));
    const { random } = Math;
    return await startAgent({ config, transport, clock: systemClock, random, metrics, logger, environment });
  },
});
