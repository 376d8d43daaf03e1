import type { EventSink } from '../../src/kube/events.ts';
import { CONFIG_GENERATION } from '../../src/model/keys.ts';
import type { TierLoad } from '../../src/model/tier-load.ts';
import type { NodePodsWatch } from '../pods/node-pods.ts';
import { eventsBetween, isOfNewcomer, NOTHING_NOTABLE, type Notable } from '../publish/agent-events.ts';
import type { Publisher } from '../publish/publish.ts';
import { type TierLoadInput, tierLoad } from '../publish/tier-load.ts';
import type { SafeModeSwitch } from '../safemode/safe-mode.ts';
import type { SchedulerState } from '../scheduler/scheduler.ts';
import type { AgentStatus } from '../status.ts';
import type { LoopView } from './loop.ts';
import type { Measured } from './node-load.ts';
import type { OverridesKeeper } from './overrides-keeper.ts';

export interface PublishingDeps {
  /** Whether the node is ours: else another agent says what is so on it. */
  readonly isOurs: () => boolean;
  readonly publisher: Publisher;
  readonly events: EventSink;
  readonly pods: NodePodsWatch;
  readonly safeMode: SafeModeSwitch;
  readonly overrides: () => OverridesKeeper['text'];
  readonly measured: () => Measured;
  readonly scheduler: () => SchedulerState;
  /** `<product version>+scx.<scheduler version>`. */
  readonly version: string;
  readonly heartbeatMs: () => number;
  readonly reserveCores: () => number;
  readonly now: () => number;
}

/** What the agent says of itself, on its Node and in Events. */
export interface Publishing {
  readonly status: AgentStatus;
  /** Since when its word holds, milliseconds since the epoch. */
  readonly since: number;
  readonly load: TierLoad | null;
  /** Goes on from what an earlier agent had reached. */
  readonly generation: number;
  /** Says what a turn of the loop has come to. */
  say(view: LoopView): void;
  /** Says that nothing is enforced any more, and resolves when that is written or cannot be now. */
  leave(): Promise<void>;
}

export function createPublishing(deps: PublishingDeps): Publishing {
  const { publisher, events, pods, safeMode, now } = deps;
  let status: AgentStatus = { word: 'starting', reason: null };
  let since = now();
  let load: TierLoad | null = null;
  let notable: Notable = NOTHING_NOTABLE;
  let base: number | null = null;

  safeMode.subscribeNode(({ uid, own }) => {
    const text = own[CONFIG_GENERATION] ?? '';
    // While another agent has the node it counts on.
    if (base === null || !deps.isOurs()) base = /^\d{1,15}$/.test(text) ? Number(text) : 0;
    publisher.observe({ uid, own });
  });
  const generation = (): number => (base ?? 0) + deps.scheduler().generation;

  /** What the load goes by; null where there is none. Most turns are made for other news, and leave it the same object. */
  let loadedBy: LoadInputs | null = null;
  const loadOf = ({ machine, decision }: LoopView): TierLoad | null => {
    const before = loadedBy;
    loadedBy = null;
    if (machine === null || !pods.synced) return null;
    loadedBy = {
      pods: pods.pods,
      measured: deps.measured(),
      machine,
      reserveCores: deps.reserveCores(),
      protection: decision.protection,
      heartbeatMs: deps.heartbeatMs(),
    };
    if (before !== null && isSame(before, loadedBy)) return load;
    const { measured, ...inputs } = loadedBy;
    return tierLoad({ ...inputs, pods: pods.pods.values(), ...measured, now: now(), previous: load });
  };

  const wanted = () => ({
    status,
    generation: generation(),
    version: deps.version,
    qosOverrides: deps.overrides(),
    load,
  });

  return {
    get status() {
      return status;
    },
    get since() {
      return since;
    },
    get load() {
      return load;
    },
    get generation() {
      return generation();
    },
    say(view) {
      if (view.decision.status.word !== status.word) since = now();
      status = view.decision.status;
      load = loadOf(view);
      // Before the Node was read nothing is written: what stands there says what an earlier agent knew.
      if (base !== null && deps.isOurs()) publisher.want(wanted());
      const next = notableOf(view, deps.scheduler(), safeMode);
      // Of one that waits only what the other cannot know: that it does not come up.
      for (const event of eventsBetween(notable, next)) if (deps.isOurs() || isOfNewcomer(event)) events.emit(event);
      notable = next;
    },
    async leave() {
      status = { word: 'observing', reason: 'the agent has ended' };
      // Else the extender would go on placing pods by a protection that is gone, until the report is stale.
      load = load === null ? null : { ...load, protection: 'none', at: now() };
      if (base !== null) publisher.want(wanted());
      await publisher.flush('last');
    },
  };
}

type LoadInputs = Pick<TierLoadInput, 'machine' | 'reserveCores' | 'protection' | 'heartbeatMs'> & {
  readonly pods: NodePodsWatch['pods'];
  readonly measured: Measured;
};

function isSame(before: LoadInputs, after: LoadInputs): boolean {
  return (Object.keys(before) as Array<keyof LoadInputs>).every((key) => before[key] === after[key]);
}

function notableOf({ gate, plan }: LoopView, scheduler: SchedulerState, { safeMode }: SafeModeSwitch): Notable {
  const demotion = plan.desired?.notices.find(({ id }) => id === 'critical-demoted');
  return {
    refusal: gate?.refusal ?? plan.desired?.refusal ?? null,
    demotion: demotion?.message ?? null,
    lastExit: scheduler.lastExit,
    latched: scheduler.phase === 'latched' ? (scheduler.lastExit?.detail ?? 'repeated failure') : null,
    safeMode,
  };
}
