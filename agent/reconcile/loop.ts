import type { Clock } from '../../src/model/clock.ts';
import type { Joined } from '../cgroups/join.ts';
import type { CgroupWatch } from '../cgroups/watch.ts';
import type { GateReport } from '../gate/gate.ts';
import type { Placement } from '../layers/desired.ts';
import type { LayerSettings } from '../layers/settings.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineReading } from '../machine/snapshot.ts';
import type { NodePodsWatch } from '../pods/node-pods.ts';
import type { SafeModeSwitch } from '../safemode/safe-mode.ts';
import type { Matching, Scheduler, SchedulerConfig } from '../scheduler/scheduler.ts';
import { NO_MEMORY } from './attach.ts';
import { type Decision, decide } from './decide.ts';
import { createGateWatch } from './gate-watch.ts';
import { createPlanner, NO_PLAN, type Plan } from './plan.ts';
import type { AttachSettings } from './situation.ts';

export interface LoopDeps {
  readonly clock: Clock;
  readonly pods: NodePodsWatch;
  readonly cgroups: CgroupWatch;
  readonly safeMode: SafeModeSwitch;
  readonly scheduler: Scheduler;
  /** Judges the node; never rejects. */
  readonly gate: () => Promise<GateReport>;
  readonly machine: () => MachineReading;
  /** Why there are too many threads that want a CPU; null where there are not. Whoever provides it pokes when it changes. */
  readonly crowd: () => string | null;
  /** Another text whenever CPUs have come or gone; null where that cannot be told. */
  readonly cpus: () => string | null;
  readonly matching: Matching;
  /** Uid of the agent's own pod; null where it does not run in one. */
  readonly self: string | null;
  readonly settings: () => AttachSettings & { readonly layers: LayerSettings };
  /** Hears each turn, after the scheduler was told. */
  readonly turned: (view: LoopView) => void;
}

/** All that one turn knew and decided. */
export interface LoopView {
  readonly plan: Plan;
  readonly decision: Decision;
  readonly gate: GateReport | null;
  readonly machine: Machine | null;
}

export interface Loop {
  /** The last turn's; null before the first. */
  readonly view: LoopView | null;
  /** To be called once, after the inputs were started. */
  start(): void;
  /** Turns soon: something that it does not follow by itself has changed. */
  poke(): void;
  /** Turns at once, for a caller that waits for what comes of it. */
  turn(): void;
  /** Where a config of this loop puts the pods; undefined for any other config. */
  placementsOf(config: SchedulerConfig): readonly Placement[] | undefined;
  /** Turns no more; the scheduler is the caller's to end. */
  stop(): void;
}

/**
 * The agent's reconcile loop: whatever changes, it takes all inputs as they are now, decides, and tells the
 * one actuator. Start-up and recovery are turns like any other.
 */
export function createLoop(deps: LoopDeps): Loop {
  const { clock, pods, cgroups, safeMode, scheduler } = deps;
  const placements = new WeakMap<object, readonly Placement[]>();
  // What was found of the CPUs does not wait for its turn: a start that is due would be one for others.
  const gate = createGateWatch({ ...deps, changed: () => turn() });
  const plan = createPlanner();
  let planned: Plan = NO_PLAN;
  let memory = NO_MEMORY;
  let view: LoopView | null = null;
  let half = halfSeen(null);
  let stopped = false;
  let cancelTurn: (() => void) | null = null;
  let cancelRecheck = () => {};

  const poke = (): void => {
    if (!stopped) cancelTurn ??= clock.after(0, turn);
  };

  function turn(): void {
    cancelTurn?.();
    cancelTurn = null;
    if (stopped) return;
    const mono = clock.monotonic();
    const { layers, ...attach } = deps.settings();
    const { matching, self } = deps;
    const { report, machine } = gate;
    const { tree } = cgroups;
    planned = plan({ pods: pods.pods, tree, machine, settings: layers, matching, self, now: mono });
    notePlacements(planned);
    const decision = decide(
      {
        now: clock.now(),
        mono,
        safeMode: safeMode.safeMode,
        gate: report,
        isDisabled: safeMode.node?.enforceDisabled ?? false,
        podsSynced: pods.synced,
        cgroupProblem: cgroups.tree?.layout === null ? (cgroups.tree.problem ?? 'not understood') : null,
        desired: planned.desired,
        config: planned.config,
        crowd: deps.crowd(),
        scheduler: scheduler.state,
        settings: attach,
      },
      memory,
    );
    memory = decision.memory;
    view = { plan: planned, decision, gate: report, machine };
    scheduler.pursue(decision.goal);
    deps.turned(view);
    if (half.of !== planned.joined) half = halfSeen(planned.joined);
    cgroups.ask(half.paths, half.isMissing);
    recheck(mono, attach.holdMs);
  }

  /** A pod may come or go without a change of the config, which then stays in force as it is, and has the pod's layer. */
  function notePlacements({ config, desired }: Plan): void {
    if (config === null || 'refused' in config || desired === null) return;
    const inForce = scheduler.state.config;
    placements.set(keyOf(config), desired.placements);
    if (inForce?.hash === config.hash) placements.set(keyOf(inForce), desired.placements);
  }

  /** Comes back when time alone changes the answer. */
  function recheck(now: number, holdMs: number): void {
    cancelRecheck();
    const held = memory.wished && memory.protectedAt !== null ? memory.protectedAt + holdMs : null;
    const putOff = memory.putOff?.until ?? null;
    const times = [planned.recheckAt, held, putOff].filter((at) => at !== null && at > now) as number[];
    if (times.length > 0) cancelRecheck = clock.after(Math.min(...times) - now, poke);
  }

  return {
    get view() {
      return view;
    },
    poke,
    turn,
    placementsOf: (config) => placements.get(keyOf(config)),
    start() {
      pods.subscribe(poke);
      cgroups.subscribe(poke);
      // Safe mode does not wait for its turn.
      safeMode.subscribe(turn);
      safeMode.subscribeNode(poke);
      scheduler.subscribe(() => {
        gate.look();
        poke();
      });
      gate.start();
      turn();
    },
    stop() {
      stopped = true;
      cancelTurn?.();
      gate.stop();
      cancelRecheck();
    },
  };
}

/** Members say where pods are also in a config of which the numbers were refused. */
function keyOf(config: SchedulerConfig): object {
  return config.members ?? config;
}

/**
 * Where containers are running that no directory was found for, as hints tell of pods only: in their pods' directories, and
 * where a pod has none in those that may turn out to be its own by a container.
 */
function halfSeen(of: Joined | null) {
  const paths: string[] = [];
  let isMissing = false;
  for (const { cgroup, ...place } of of?.places.values() ?? []) {
    if (cgroup === null) isMissing = true;
    else if ('unseen' in place && place.unseen.length > 0) paths.push(cgroup.path);
  }
  if (isMissing) for (const { cgroup } of of?.unknown ?? []) paths.push(cgroup.path);
  return { of, paths, isMissing };
}
