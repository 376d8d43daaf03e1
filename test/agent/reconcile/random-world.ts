import assert from 'node:assert/strict';
import { NOT_DEMOTED } from '../../../agent/layers/demotion.ts';
import type { LayerName } from '../../../agent/layers/desired.ts';
import { DEFAULT_LAYER_SETTINGS } from '../../../agent/layers/settings.ts';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import { createLoop, type Loop, type LoopView } from '../../../agent/reconcile/loop.ts';
import { type PlanInput, plan } from '../../../agent/reconcile/plan.ts';
import type { SafeModeSource } from '../../../agent/safemode/safe-mode.ts';
import type { Matching } from '../../../agent/scheduler/scheduler.ts';
import { statusText } from '../../../agent/status.ts';
import type { Tasks } from '../../double/tasks.ts';
import { idOf, machineOf, treeOf } from '../layers/builders.ts';
import { isProvenStock, type Rig, rig } from '../scheduler/support.ts';
import { type FakeCgroups, type FakePods, type FakeSafeMode, fakeCgroups, fakePods, fakeSafeMode } from './support.ts';

export const HOLD_MS = 5_000;
export const ATTACHES_PER_HOUR = 8;
export const STARTS_PER_HOUR = 60;
/** All that a start, a proof, an end and a debounce may take, and the gate's next look. */
export const SETTLE_MS = 60_000;
const START_MS = 20_000;
const THREADS = 2;
const MACHINE = machineOf(8);
const BY_PODS = /^(observing: nothing to protect|degraded|unsupported: cgroups)/;

/** One node with the real loop and supervisor; what is around them is the test's. */
export interface World {
  readonly it: Rig;
  readonly loop: Loop;
  readonly pods: FakePods;
  readonly safeMode: FakeSafeMode;
  /** Pods that run, whether the API has told of them or not, and those whose cgroup the agent has not found. */
  readonly running: Map<string, AgentPod>;
  readonly hidden: Set<string>;
  readonly asking: Set<SafeModeSource>;
  isApiUp: boolean;
  refusal: string | null;
  /** The list of online CPUs. */
  online: string;
  problem: string | null;
  crowd: string | null;
  /** By the clock that never jumps: attaches after something that pods have brought about. */
  readonly attaches: number[];
  /** And all starts, from one reload to the next. */
  readonly starts: number[][];
  reload(): void;
  /** Pods have come, gone or changed. */
  moved(): void;
  /** The kernel counts a change of the CPUs and lets go of the scheduler, whose process stays. */
  plugged(): void;
  hold(source: SafeModeSource, holds: boolean): void;
}

export function worldOf(matching: Matching, random: () => number): World {
  const starts: number[][] = [[]];
  const started = (): void => void starts.at(-1)?.push(it?.clock.monotonic() ?? 0);
  const attaches: number[] = [];
  const it = rig({
    isPatched: matching === 'membership',
    random,
    policy: { startMs: START_MS, starts: { max: STARTS_PER_HOUR, windowMs: 3_600_000 } },
    prepare(double) {
      const { start, standBy } = double.children;
      double.children.start = (...args) => {
        assert.equal(double.alive, 0, 'two children');
        started();
        return start(...args);
      };
      double.children.standBy = (...args) => {
        assert.equal(double.alive, 1, 'a standby of nobody, or two');
        started();
        return standBy(...args);
      };
    },
  });
  const pods = fakePods();
  const cgroups: FakeCgroups = fakeCgroups();
  const safeMode = fakeSafeMode();
  let wished = false;
  let isByPods = true;
  const turned = ({ decision: { goal, status } }: LoopView): void => {
    const wishes = goal.want === 'enforce';
    if (wishes && !wished && isByPods) attaches.push(it.clock.monotonic());
    isByPods = !wishes && (isByPods || BY_PODS.test(statusText(status)));
    wished = wishes;
  };
  const loop = createLoop({
    clock: it.clock,
    pods,
    cgroups,
    safeMode,
    scheduler: it.scheduler,
    gate: () => Promise.resolve({ checks: [], refusal: world.refusal }),
    machine: () => ({ machine: MACHINE, offline: [] }) as never,
    crowd: () => world.crowd,
    cpus: () => `${it.world.kernel.read().hotplugSeq} ${world.online}`,
    matching,
    self: null,
    settings: () => ({
      enforce: 'protected',
      holdMs: HOLD_MS,
      attachesPerHour: ATTACHES_PER_HOUR,
      layers: DEFAULT_LAYER_SETTINGS,
    }),
    turned,
  });
  const world: World = {
    it,
    loop,
    pods,
    safeMode,
    running: new Map(),
    hidden: new Set(),
    asking: new Set(),
    isApiUp: true,
    refusal: null,
    online: '0-7',
    problem: null,
    crowd: null,
    attaches,
    starts,
    reload() {
      starts.push([]);
      it.scheduler.reload();
    },
    moved() {
      const all = [...world.running.values()];
      const tree = treeOf(all.filter(({ uid }) => !world.hidden.has(uid)));
      cgroups.find(world.problem === null ? tree : { ...tree, layout: null, problem: world.problem });
      it.world.tasks = tasksOf(all);
      if (world.isApiUp) pods.tell(all);
    },
    plugged() {
      const { kernel } = it.world;
      kernel.set({ hotplugSeq: (kernel.read().hotplugSeq ?? 0) + 1, state: 'disabled', ops: null });
    },
    hold(source, holds) {
      if (holds) world.asking.add(source);
      else world.asking.delete(source);
      safeMode.hold(source, holds);
    },
  };
  return world;
}

function tasksOf(pods: readonly AgentPod[]): Tasks {
  const tree = treeOf(pods);
  return pods.map(({ cgroupUid, qos }) => {
    const parents = qos === 'Guaranteed' ? [10n] : [qos === 'Burstable' ? 11n : 12n, 10n];
    const path = tree.pods.get(cgroupUid)?.path ?? '';
    return { path, ids: [idOf(cgroupUid), ...parents, 1n], count: THREADS };
  });
}

export type Outcome = 'enforcing' | 'stock';

/** What the node is proven to be; null while something is under way. */
export function outcomeOf(world: World): Outcome | null {
  const { it, loop, refusal } = world;
  const view = loop.view;
  if (view === null || view.gate?.refusal !== refusal) return null;
  const { phase } = it.scheduler.state;
  const isToStay = view.decision.goal.want === 'stock' || phase === 'waiting' || phase === 'latched';
  if (isToStay) return isProvenStock(it) ? 'stock' : null;
  return isAttached(it) && (isOther(it) || runsTheNewest(world)) ? 'enforcing' : null;
}

/** Whether it says itself that what is in force is not all that was asked for. */
function isOther({ scheduler: { state } }: Rig): boolean {
  return state.usesLastKnownGood || state.incomplete !== null;
}

function isAttached({ scheduler, world }: Rig): boolean {
  const { state, ops } = world.kernel.read();
  return scheduler.state.phase === 'enforcing' && world.alive === 1 && state === 'enabled' && ops !== null;
}

/** Whether what runs is what would be planned now, from what the agent was told. */
function runsTheNewest({ it, loop, pods, running, hidden }: World): boolean {
  const { config } = it.scheduler.state;
  const input: PlanInput = {
    pods: pods.pods.values(),
    tree: treeOf([...running.values()].filter(({ uid }) => !hidden.has(uid))),
    machine: MACHINE,
    settings: DEFAULT_LAYER_SETTINGS,
    matching: config?.members === null ? 'prefixes' : 'membership',
    self: null,
    demotion: loop.view?.plan.demotion ?? NOT_DEMOTED,
    joined: loop.view?.plan.joined ?? null,
    now: it.clock.monotonic(),
  };
  const newest = plan(input).config;
  return newest !== null && 'hash' in newest && newest.hash === config?.hash;
}

/** That the status says what the node is, and why. */
export function assertTold(world: World, outcome: Outcome): void {
  const { loop, it, asking, safeMode, refusal, problem, crowd } = world;
  assert.ok(loop.view !== null);
  const { status, protection } = loop.view.decision;
  const told = `${outcome}: ${statusText(status)} (${protection})`;
  const isForbidden = [refusal, problem, crowd].some((reason) => reason !== null);
  const mustStay = asking.size > 0 || isForbidden || safeMode.node?.enforceDisabled === true;
  if (outcome === 'enforcing') {
    assert.ok(!mustStay, `${told}, though something forbids it`);
    assert.ok(status.word === 'enforcing' || (status.word === 'degraded' && status.reason), told);
    assert.equal(status.word === 'degraded', isOther(it), told);
    assert.equal(protection, 'enforcing', told);
  } else {
    assert.notEqual(status.word, 'enforcing', told);
    assert.ok(status.reason, told);
    assert.notEqual(protection, 'enforcing', told);
    if (asking.size > 0) assert.match(told, asking.has('not-read-yet') ? /not-read-yet/ : /safe-mode: asked for by/);
  }
}

/** That the threads run where the plan has their pods; those of pods that nobody knows, where strangers do. */
export async function assertPlaced({ it, loop, running, hidden, pods }: World): Promise<void> {
  const { socket, wrongLayers } = it.world.faults;
  if (isOther(it) || socket !== undefined || wrongLayers) return;
  const layers = new Map(loop.view?.plan.desired?.placements.map(({ uid, layer }) => [uid, layer]));
  const expected = new Map<LayerName, number>();
  for (const { uid, qos } of running.values()) {
    const known = pods.pods.has(uid) && !hidden.has(uid) ? layers.get(uid) : undefined;
    const layer = known ?? (qos === 'BestEffort' ? 'background' : 'normal');
    expected.set(layer, (expected.get(layer) ?? 0) + THREADS);
  }
  const session = it.world.statistics.open();
  await session.read();
  const read = await session.read();
  const found = Object.entries(read.layers).flatMap(([name, { tasks }]) => (tasks ? [[name, tasks]] : []));
  assert.deepEqual(Object.fromEntries(found), Object.fromEntries(expected));
}

/** That no hour has more of them than `max`. */
export function assertBounded(times: readonly number[], max: number, what: string): void {
  for (const [index, at] of times.entries()) {
    const next = times[index + max];
    if (next !== undefined) assert.ok(next - at >= 3_600_000, `${max + 1} ${what} in ${(next - at) / 1000} s`);
  }
}
