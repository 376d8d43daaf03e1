import { TemperError } from '../src/model/errors.ts';
import { VERSION } from '../src/telemetry/version.ts';
import { attachSettings } from './config/policy.ts';
import { createFacade } from './facade.ts';
import { kconfigFile } from './gate/kconfig-file.ts';
import { readRelease, readTickMs } from './gate/kernel-config.ts';
import { gateOf } from './gate/run-gate.ts';
import { hostPaths } from './host/paths.ts';
import { cpuChanges } from './machine/cpu-changes.ts';
import { keptMachine } from './machine/kept-machine.ts';
import { readRunnable } from './observe/runnable.ts';
import { probeBinary } from './probe.ts';
import { createCrowdWatch, crowdNode } from './reconcile/crowd-watch.ts';
import { createVerifier } from './reconcile/layer-evidence.ts';
import { createLoop, type Loop } from './reconcile/loop.ts';
import { createNodeLoad } from './reconcile/node-load.ts';
import { createOverridesKeeper } from './reconcile/overrides-keeper.ts';
import { createPublishing } from './reconcile/publishing.ts';
import type { Agent, AgentDeps } from './run/agent.ts';
import { countGaps } from './run/count-gaps.ts';
import { createInputs } from './run/inputs.ts';
import { leaveNode } from './run/leave-node.ts';
import { createLiveSettings } from './run/live-settings.ts';
import { createNodeWriters } from './run/node-writers.ts';
import { readinessOf } from './run/readiness.ts';
import { createNodeScheduler } from './run/scheduler.ts';
import { exportMetrics, serve } from './run/serve.ts';
import { telemetryObserver } from './scheduler/observer.ts';
import type { Known } from './views/known.ts';

/** Well within the 30 s that kubelet gives a pod to end. */
const GOODBYE_MS = 5_000;

/**
 * Starts the agent: the API first, so that probes and people are answered whatever comes, then the inputs,
 * then the loop.
 *
 * @throws {TemperError} TMP1201 where it cannot listen, TMP3056 for a name that no Node can have.
 */
export async function startAgent(deps: AgentDeps): Promise<Agent> {
  const { config, transport, clock, metrics, logger, environment } = deps;
  const paths = hostPaths(config['node.root']);
  const nodeName = config['node.name'];
  const searchPath = environment['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin';
  const program = config['scheduler.binary'];
  const [probe, kconfig, kernel, tickMs] = await Promise.all([
    probeBinary(program),
    kconfigFile(paths),
    readRelease(paths),
    readTickMs(paths),
  ]);
  const machine = keptMachine(paths);
  const gate = gateOf(paths, { agent: { scheduler: program, setpriv: 'setpriv', searchPath }, machine });

  const inputs = createInputs(deps, paths);
  const { pods, safeMode, cgroups } = inputs;
  const settings = createLiveSettings(config, pods);

  const gaps = { count: 0, totalMs: 0 };
  const observer = telemetryObserver(metrics, logger);
  let loop: Loop | null = null;
  const { ownership, scheduler } = await createNodeScheduler({
    deps,
    paths,
    kconfig: 'path' in kconfig ? kconfig.path : null,
    searchPath,
    probe,
    verifyLayers: createVerifier({ paths, clock, placementsOf: (known) => loop?.placementsOf(known) }),
    observer: countGaps(observer, gaps),
  });
  const isOurs = () => ownership.stage !== 'waits';

  const { publisher, events } = createNodeWriters(deps, safeMode);
  const overrides = createOverridesKeeper({
    pods,
    safeMode,
    isOurs,
    changed: () => loop?.poke(),
    async store(text) {
      loop?.turn();
      // Other news may have come while the answer was on its way: those are not what is waited for.
      return (await publisher.flush()) || publisher.qosOverrides === text;
    },
    dropped(problem) {
      const error = new TemperError('TMP3054', problem);
      logger.warn({ error: error.id, remedy: error.remedy }, error.message);
    },
  });
  const load = createNodeLoad({
    paths,
    clock,
    placements: () => loop?.view?.plan.desired?.placements ?? [],
    sampled: () => loop?.poke(),
  });
  const crowd = createCrowdWatch({
    clock,
    runnable: () => readRunnable(paths),
    node: () => crowdNode(loop?.view ?? null),
    statistics: () => scheduler.statistics,
    tickMs,
    hasShortTurns: probe.hasShortTurns,
    calmMs: () => settings.config['scheduler.calmMs'],
    changed: () => loop?.poke(),
  });
  const versions = { agent: VERSION, scheduler: probe.version, kernel };
  const publishing = createPublishing({
    publisher,
    events,
    isOurs,
    pods,
    safeMode,
    overrides: () => overrides.text,
    measured: () => load.measured,
    scheduler: () => scheduler.state,
    version: `${VERSION}+scx.${probe.version ?? 'unknown'}`,
    heartbeatMs: () => settings.config['publish.heartbeatMs'],
    reserveCores: () => settings.config['reserve.cores'],
    now: clock.now,
  });
  loop = createLoop({
    clock,
    pods,
    cgroups,
    safeMode,
    scheduler,
    gate,
    machine,
    crowd: () => crowd.problem,
    cpus: () => cpuChanges(paths),
    matching: probe.matching,
    self: environment['POD_UID'] ?? null,
    settings: () => ({ ...attachSettings(settings.config), layers: settings.layers }),
    turned: publishing.say,
  });
  const turning = loop;

  const inForce = () => {
    const { config } = scheduler.state;
    return config === null ? null : (turning.placementsOf(config) ?? null);
  };
  const known = (): Known => ({
    node: nodeName,
    now: clock.now(),
    turn: turning.view,
    status: publishing.status,
    statusSince: publishing.since,
    pods: pods.pods,
    tree: cgroups.tree,
    overrides: overrides.overrides,
    scheduler: scheduler.state,
    inForce: inForce(),
    statistics: scheduler.statistics,
    generation: publishing.generation,
    matching: probe.matching,
    safeMode: safeMode.safeMode,
    gaps,
    versions,
    settingsNotices: settings.notices,
    lastContactAt: pods.lastContactAt,
  });
  exportMetrics(deps, inputs, publishing, loop);
  const facade = createFacade({ known, overrides, scheduler, safeMode, loop, isOurs });
  const served = await serve(deps, facade, readinessOf({ loop, scheduler }));

  safeMode.start();
  pods.start();
  cgroups.start();
  loop.start();
  load.start();
  crowd.start();
  logger.info({ ...versions, matching: probe.matching, tickMs, ...served.ports }, 'the agent runs');

  return {
    ports: served.ports,
    configure(next) {
      settings.configure(next);
      turning.poke();
    },
    told: settings.told,
    async stop() {
      turning.stop();
      load.stop();
      crowd.stop();
      // First of all the node: whatever hangs after this, it is on stock, or the next agent's.
      await scheduler.stop();
      cgroups.stop();
      const goodbye = Promise.all([leaveNode(ownership, publishing), served.stop()])
        .then(() => Promise.all([publisher.stop(), events.stop(), pods.stop(), safeMode.stop()]))
        .then(() => transport.close());
      // An API server that hangs must not keep the process.
      await Promise.race([goodbye, new Promise<void>((resolve) => clock.after(GOODBYE_MS, resolve))]);
      ownership.close();
    },
  };
}
