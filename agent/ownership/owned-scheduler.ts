import type { SupervisedScheduler } from '../scheduler/create-scheduler.ts';
import type { Heir } from '../scheduler/machine/heir.ts';
import type { HeirProcess } from '../scheduler/ports.ts';
import type { SchedulerDetails, SchedulerGoal, SchedulerState } from '../scheduler/scheduler.ts';
import type { WaitingScheduler } from './create-newcomer.ts';
import type { Newcomer } from './newcomer.ts';
import type { Ownership } from './ownership.ts';
import { hasToLose } from './readiness.ts';

export interface OwnedSchedulerDeps {
  readonly ownership: Ownership;
  /** Our part while another agent has the node; `changed` is called after each change of its state. */
  readonly waiting: (changed: () => void) => WaitingScheduler;
  /** The one owner of the scheduler, from the moment on at which the node is ours. */
  readonly supervise: (heir: (Heir & HeirProcess) | undefined) => SupervisedScheduler;
  readonly now: () => number;
}

export interface OwnedScheduler extends SupervisedScheduler {
  /** Null once the node is ours. */
  readonly newcomer: Newcomer | null;
}

/** The scheduler of an agent that may have to wait for the node: its supervisor begins when the node is ours. */
export function createOwnedScheduler({ ownership, waiting, supervise, now }: OwnedSchedulerDeps): OwnedScheduler {
  const listeners: Array<(state: SchedulerState) => void> = [];
  const since = now();
  let goal: SchedulerGoal | null = null;
  let isEnding = false;
  let wait: WaitingScheduler | null = null;
  let owned: SupervisedScheduler | null = null;

  const inform = (): void => {
    const state = owned?.state ?? details();
    for (const listener of listeners) listener(state);
  };

  const details = (): SchedulerDetails => shown(wait?.state ?? null, since);

  function own(heir: (Heir & HeirProcess) | null): void {
    wait = null;
    owned = supervise(heir ?? undefined);
    owned.subscribe((state) => {
      ownership.tell(state.phase);
      inform();
    });
    ownership.tell(owned.state.phase);
    if (goal !== null) owned.pursue(goal);
    inform();
  }

  /** What the agent before us does: at its last word, or at its death, what waits may attach. */
  function follow(): void {
    if (wait === null || isEnding) return;
    const isOurs = ownership.stage !== 'waits';
    const { ahead } = ownership;
    wait.before({ hasToLose: hasToLose(ahead?.phase ?? null), isReleased: isOurs || ahead?.stage === 'ending' });
    if (isOurs) own(wait.hand(ownership.wasHandedOver ? 'upgrade' : 'recovery'));
  }

  if (ownership.stage === 'waits') wait = waiting(inform);
  else own(null);
  ownership.subscribe(follow);
  follow();

  return {
    get newcomer() {
      return wait?.state ?? null;
    },
    get state() {
      return owned?.state ?? details();
    },
    get statistics() {
      return owned?.statistics ?? null;
    },
    pursue(next) {
      goal = next;
      (owned ?? wait)?.pursue(next);
    },
    reload: () => owned?.reload(),
    subscribe: (listener) => void listeners.push(listener),
    async stop() {
      isEnding = true;
      ownership.end();
      await (owned ?? wait)?.stop();
    },
  };
}

/** As the supervisor would show it. */
function shown(newcomer: Newcomer | null, since: number): SchedulerDetails {
  const { waiting = null, lastExit = null, shortage = null } = newcomer ?? {};
  const ours = waiting === null ? 'no scheduler of ours is loaded' : `our scheduler is ${waiting.stage}`;
  return {
    phase: 'standing-by',
    reason: `another agent has the node; ${shortage ?? ours}`,
    since,
    name: null,
    config: null,
    generation: 0,
    lastExit,
    usesLastKnownGood: false,
    incomplete: null,
    retryAt: null,
    foreign: null,
    unproven: null,
  };
}
