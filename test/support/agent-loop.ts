import { DEFAULT_LAYER_SETTINGS } from '../../agent/layers/settings.ts';
import { createNodePods } from '../../agent/pods/node-pods.ts';
import type { PublishObserver } from '../../agent/publish/publish.ts';
import { createPublisher } from '../../agent/publish/publisher.ts';
import { createLoop } from '../../agent/reconcile/loop.ts';
import type { Measured } from '../../agent/reconcile/node-load.ts';
import { createPublishing, type Publishing } from '../../agent/reconcile/publishing.ts';
import { createSafeMode } from '../../agent/safemode/create-safe-mode.ts';
import type { SupervisedScheduler } from '../../agent/scheduler/create-scheduler.ts';
import type { Matching } from '../../agent/scheduler/scheduler.ts';
import { createEventSink } from '../../src/kube/events.ts';
import type { ListWatchObserver } from '../../src/kube/observer.ts';
import { nodePath, patchAnnotations } from '../../src/kube/patch.ts';
import type { ListWatchSettings } from '../../src/kube/settings.ts';
import type { KubeSender, KubeTransport } from '../../src/kube/transport.ts';
import { createWriter } from '../../src/kube/write.ts';
import type { Clock } from '../../src/model/clock.ts';
import { factorOf } from '../../src/model/factor.ts';
import { machineOf, treeOf } from '../agent/layers/builders.ts';
import { fakeCgroups } from '../agent/reconcile/support.ts';
import { policy } from './webhook.ts';

/**
 * All of an agent that talks to the API server, and what it talks about: loop, supervisor, publisher, Events and
 * list-watches are the real ones. Cgroups are found as soon as the pods are known, and what is measured is given.
 */
export interface AgentLoop {
  readonly publishing: Publishing;
  /** What its CPUs are used for from now on. */
  measure(measured: Measured): void;
  stop(): Promise<void>;
}

export interface AgentLoopOptions {
  readonly node: string;
  readonly cpus: number;
  /** Of the release. */
  readonly namespace: string;
  /** Where the host file of safe mode would be. */
  readonly runFolder: string;
  readonly transport: KubeTransport & KubeSender;
  readonly clock: Clock;
  readonly random: () => number;
  readonly scheduler: SupervisedScheduler;
  readonly matching: Matching;
  /** @default 300000 */
  readonly heartbeatMs?: number;
  readonly watching?: ListWatchObserver;
  readonly patched?: PublishObserver['patched'];
  readonly settings?: Partial<ListWatchSettings>;
}

export function startAgentLoop(options: AgentLoopOptions): AgentLoop {
  const { node, namespace, transport, clock, random, scheduler, settings = {} } = options;
  const kube = { transport, clock, random, observer: options.watching ?? DEAF, settings };
  const { tierPolicy } = policy();
  const pods = createNodePods({ ...kube, nodeName: node, policy: { tierPolicy, minimumFactor: factorOf(0.25) } });
  const safeMode = createSafeMode({ ...kube, nodeName: node, namespace, paths: { run: options.runFolder } });
  const cgroups = fakeCgroups();
  pods.subscribe(() => cgroups.find(treeOf([...pods.pods.values()])));
  const writer = createWriter({ sender: transport, clock });
  const publisher = createPublisher({
    patch: (annotations) =>
      patchAnnotations(writer, { path: nodePath(node), fieldManager: 'temper-agent' }, annotations),
    clock,
    random,
    observer: { patched: options.patched ?? (() => {}), problem: () => {}, recovered: () => {} },
  });
  const events = createEventSink({
    writer,
    clock,
    random,
    subject: () => ({ apiVersion: 'v1', kind: 'Node', name: node, namespace: '', uid: safeMode.node?.uid }),
    reporter: { controller: 'temper.codes/agent', instance: node },
    onOutcome: () => {},
  });
  let measured: Measured = { usedMilliByTier: {}, pressureSome10: 0 };
  const publishing = createPublishing({
    isOurs: () => true,
    publisher,
    events,
    pods,
    safeMode,
    overrides: () => undefined,
    measured: () => measured,
    scheduler: () => scheduler.state,
    version: 'test',
    heartbeatMs: () => options.heartbeatMs ?? 300_000,
    reserveCores: () => 1,
    now: () => clock.now(),
  });
  const machine = machineOf(options.cpus);
  const loop = createLoop({
    clock,
    pods,
    cgroups,
    safeMode,
    scheduler,
    gate: () => Promise.resolve({ checks: [], refusal: null }),
    machine: () => ({ machine, offline: [] }) as never,
    crowd: () => null,
    cpus: () => null,
    matching: options.matching,
    self: null,
    settings: () => ({ enforce: 'protected', holdMs: 300_000, attachesPerHour: 12, layers: DEFAULT_LAYER_SETTINGS }),
    turned: publishing.say,
  });
  safeMode.start();
  pods.start();
  loop.start();
  return {
    publishing,
    measure(now) {
      measured = now;
      loop.poke();
    },
    async stop() {
      loop.stop();
      await Promise.all([publisher.stop(), events.stop(), pods.stop(), safeMode.stop()]);
    },
  };
}

const DEAF: ListWatchObserver = { restarted: () => {}, unreadable: () => {}, problem: () => {}, recovered: () => {} };
