import { createEventSink } from '../src/kube/events.ts';
import { nodePath, patchAnnotations } from '../src/kube/patch.ts';
import type { KubeSender, KubeTransport } from '../src/kube/transport.ts';
import { createWriter } from '../src/kube/write.ts';
import type { Clock } from '../src/model/clock.ts';
import type { Logger } from '../src/telemetry/logger.ts';
import type { Metrics } from '../src/telemetry/metrics.ts';
import { VERSION } from '../src/telemetry/version.ts';
import { exportWatches, watchObserver } from '../src/telemetry/watches.ts';
import { startGrpcApi } from './api/grpc/server.ts';
import { startHttpApi } from './api/http/server.ts';
import { createApiObserver } from './api/observer.ts';
import { cgroupObserver } from './cgroups/observer.ts';
import { createCgroupScanner } from './cgroups/scan.ts';
import { createCgroupWatch } from './cgroups/watch.ts';
import { attachSettings, layerSettings, podPolicy } from './config/policy.ts';
import type { AgentConfig } from './config/settings.ts';
import { createFacade } from './facade.ts';
import { kconfigFile } from './gate/kconfig-file.ts';
import { readRelease } from './gate/kernel-config.ts';
import { gateOf } from './gate/run-gate.ts';
import { hostPaths } from './host/paths.ts';
import { keptMachine } from './machine/kept-machine.ts';
import { createNodePods } from './pods/node-pods.ts';
import { probeBinary } from './probe.ts';
import { exportPublished } from './publish/metrics.ts';
import { eventObserver, publishObserver } from './publish/observe.ts';
import { createPublisher } from './publish/publisher.ts';
import { createVerifier } from './reconcile/layer-evidence.ts';
import { createLoop, type Loop } from './reconcile/loop.ts';
import { createNodeLoad } from './reconcile/node-load.ts';
import { createOverridesKeeper } from './reconcile/overrides-keeper.ts';
import { createPublishing } from './reconcile/publishing.ts';
import { createSafeMode } from './safemode/create-safe-mode.ts';
import { telemetryObserver } from './scheduler/observer.ts';
import type { SchedulerObserver } from './scheduler/ports.ts';
import { createRealScheduler } from './scheduler/real-scheduler.ts';
import type { Known } from './views/known.ts';

export interface AgentDeps {
  readonly config: AgentConfig;
  readonly transport: KubeTransport & KubeSender;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Of this process: PATH and what names its own pod. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Agent {
  /** Of the two listeners. */
  readonly ports: { readonly http: number; readonly grpc: number };
  /** Leaves the node on the stock scheduler, says so, and ends. */
  stop(): Promise<void>;
}

/** Field manager of what it writes, and controller of its Events. */
const FIELD_MANAGER = 'temper-agent';
const CONTROLLER = 'temper.codes/agent';
const LOOPBACK = '127.0.0.1';
/** Well within the 30 s that kubelet gives a pod to end. */
const GOODBYE_MS = 5_000;

/**
 * Starts the agent: the API first, so that probes and people are answered whatever comes, then the inputs,
 * then the loop.
 *
 * @throws {TemperError} TMP1201 where it cannot listen, TMP3056 for a name that no Node can have.
 */
export async function startAgent(deps: AgentDeps): Promise<Agent> {
  const { config, transport, clock, random, metrics, logger, environment } = deps;
  const paths = hostPaths(config['node.root']);
  const nodeName = config['node.name'];
  const searchPath = environment['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin';
  const program = config['scheduler.binary'];
  const [probe, kconfig, kernel] = await Promise.all([probeBinary(program), kconfigFile(paths), readRelease(paths)]);
  const machine = keptMachine(paths);
  const gate = gateOf(paths, { agent: { scheduler: program, setpriv: 'setpriv', searchPath }, machine });

  const kube = { transport, clock, random, observer: watchObserver(metrics, logger) };
  const pods = createNodePods({ ...kube, nodeName, policy: podPolicy(config) });
  const safeMode = createSafeMode({ ...kube, nodeName, namespace: config.releaseNamespace, paths });
  const cgroups = createCgroupWatch({
    paths,
    clock,
    scanner: createCgroupScanner({ paths, clock }),
    observer: cgroupObserver(metrics, logger),
    knownUids: () => new Set(pods.pods.keys()),
  });

  const gaps = { count: 0, totalMs: 0 };
  const observer = telemetryObserver(metrics, logger);
  let loop: Loop | null = null;
  const scheduler = createRealScheduler({
    paths,
    clock,
    program: [program],
    kconfig: 'path' in kconfig ? kconfig.path : null,
    environment: { PATH: searchPath },
    verifyLayers: createVerifier({ paths, clock, placementsOf: (known) => loop?.placementsOf(known) }),
    observer: countGaps(observer, gaps),
    policy: {
      startMs: config['scheduler.startTimeoutMs'],
      debounce: { quietMs: config['scheduler.debounceMs'], maxMs: 4 * config['scheduler.debounceMs'] },
    },
  });

  const writer = createWriter({ sender: transport, clock });
  const node = { path: nodePath(nodeName), fieldManager: FIELD_MANAGER };
  const publisher = createPublisher({
    patch: (annotations) => patchAnnotations(writer, node, annotations),
    clock,
    random,
    observer: publishObserver(metrics, logger),
  });
  const events = createEventSink({
    writer,
    clock,
    random,
    subject: () => ({ apiVersion: 'v1', kind: 'Node', name: nodeName, namespace: '', uid: safeMode.node?.uid }),
    reporter: { controller: CONTROLLER, instance: environment['HOSTNAME'] ?? nodeName },
    onOutcome: eventObserver(metrics, logger),
  });

  const overrides = createOverridesKeeper(
    pods,
    safeMode,
    () => loop?.poke(),
    (problem) => logger.warn({ problem }, 'the overrides on the Node are not understood and none is in force'),
  );
  const load = createNodeLoad({
    paths,
    clock,
    placements: () => loop?.view?.plan.desired?.placements ?? [],
    sampled: () => loop?.poke(),
  });
  const versions = { agent: VERSION, scheduler: probe.version, kernel };
  const publishing = createPublishing({
    publisher,
    events,
    pods,
    safeMode,
    overrides: () => overrides.text,
    measured: () => load.measured,
    scheduler: () => scheduler.state,
    version: `${VERSION}+scx.${probe.version ?? 'unknown'}`,
    heartbeatMs: config['publish.heartbeatMs'],
    reserveCores: () => config['reserve.cores'],
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
    matching: probe.matching,
    self: environment['POD_UID'] ?? null,
    settings: () => ({ ...attachSettings(config), layers: layerSettings(config) }),
    turned: publishing.say,
  });
  const turning = loop;

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
    statistics: scheduler.statistics,
    generation: publishing.generation,
    matching: probe.matching,
    safeMode: safeMode.safeMode,
    gaps,
    versions,
    lastContactAt: pods.lastContactAt,
  });
  exportPublished(metrics, () => ({
    status: publishing.status,
    safeMode: safeMode.safeMode,
    generation: publishing.generation,
    load: publishing.load,
  }));
  metrics.onScrape('temper_gate', (set) => {
    for (const { check, verdict } of turning.view?.gate?.checks ?? []) set({ check }, verdict === 'fail' ? 0 : 1);
  });
  exportWatches(new Map([['pods', pods.watched], ...safeMode.watches]), metrics, clock.now);

  const facade = createFacade({ known, overrides, publisher, scheduler, safeMode, loop });
  const apiObserver = createApiObserver(metrics, logger);
  const initialised = {
    name: 'initialised',
    check: () => (turning.view?.gate == null ? 'the node has not been checked yet' : null),
  };
  const http = await startHttpApi(config['server.host'], config['server.port'], {
    facade,
    metrics,
    clock,
    readiness: [initialised],
    observer: apiObserver,
  });
  const address = `${LOOPBACK}:${config['server.grpcPort']}`;
  const grpc = await startGrpcApi(address, facade, { clock, observer: apiObserver });

  safeMode.start();
  pods.start();
  cgroups.start();
  loop.start();
  load.start();
  logger.info({ ...versions, matching: probe.matching, http: http.port, grpc: grpc.port }, 'the agent runs');

  return {
    ports: { http: http.port, grpc: grpc.port },
    async stop() {
      turning.stop();
      load.stop();
      // First of all the node: whatever hangs after this, it is on stock.
      await scheduler.stop();
      cgroups.stop();
      const goodbye = Promise.all([publishing.leave(), http.stop(), grpc.stop()])
        .then(() => Promise.all([publisher.stop(), events.stop(), pods.stop(), safeMode.stop()]))
        .then(() => transport.close());
      // An API server that hangs must not keep the process.
      await Promise.race([goodbye, new Promise<void>((resolve) => clock.after(GOODBYE_MS, resolve))]);
    },
  };
}

function countGaps(observer: SchedulerObserver, gaps: { count: number; totalMs: number }): SchedulerObserver {
  return {
    ...observer,
    gap(seconds) {
      gaps.count += 1;
      gaps.totalMs += seconds * 1000;
      observer.gap(seconds);
    },
  };
}
