import type { Clock } from '../../src/model/clock.ts';
import type { SchedulerDeps } from './deps.ts';
import { deedsOf } from './effects.ts';
import { inherit } from './machine/heir.ts';
import { type Event, initial, type Moment } from './machine/state.ts';
import { step } from './machine/step.ts';
import { view } from './machine/view.ts';
import { wakeIn } from './machine/wake.ts';
import { DEFAULT_POLICY, type Policy } from './policy.ts';
import type { Statistics } from './ports.ts';
import type { Scheduler, SchedulerDetails, SchedulerGoal, SchedulerState } from './scheduler.ts';

export interface SupervisedScheduler extends Scheduler {
  readonly state: SchedulerDetails;
  /** The latest statistics, of the last second; null while nothing of ours is attached. */
  readonly statistics: Statistics | null;
}

/**
 * The one owner of the scx_layered process. All decisions are `step`'s; this turns the world's news into
 * events, its effects into deeds, and wakes it at its deadlines. It begins at once by looking for what an
 * earlier agent left.
 */
export function createScheduler(deps: SchedulerDeps): SupervisedScheduler {
  const { clock, kernel, observer } = deps;
  const policy = { ...DEFAULT_POLICY, ...deps.policy };
  const listeners: Array<(state: SchedulerState) => void> = [];
  const queue: Event[] = [];
  const canHandOver = deps.room !== undefined;
  let machine = initial(deps.knownGood.load(), deps.generation ?? 0, clock.now(), canHandOver);
  if (deps.heir !== undefined) machine = inherit(machine, deps.heir, clock.monotonic(), policy);
  let shown = view(machine, null);
  let isBusy = false;
  let hasEnded = false;
  let cancelWake = () => {};
  /** Until when the last step has looked, monotonic. */
  let seenAt = clock.monotonic();

  const moment = (): Moment => ({
    wall: clock.now(),
    mono: clock.monotonic(),
    chance: deps.random(),
    kernel: kernel.read(),
  });

  const take = (event: Event): void => {
    const at = moment();
    seenAt = at.mono;
    const { state, effects } = step(machine, event, at, policy);
    machine = state;
    for (const effect of effects) deeds.perform(effect);
    const next = view(machine, at.kernel.ops);
    if (isSame(shown, next)) return;
    shown = next;
    if (next.config === null) deeds.forget();
    observer.changed(next);
    for (const listener of listeners) listener(next);
  };

  /** One event after the other, also where a deed or a listener causes the next. */
  const dispatch = (event: Event): void => {
    queue.push(event);
    if (isBusy) return;
    isBusy = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) take(next);
    } finally {
      isBusy = false;
    }
    cancelWake();
    // A deadline that passed while the step worked has not been seen yet: it is due now, not at the next look.
    const wait = wakeIn(machine, seenAt, policy) - (clock.monotonic() - seenAt);
    cancelWake = clock.after(Math.max(1, wait), () => dispatch({ type: 'tick' }));
  };

  const deeds = deedsOf(deps, dispatch);

  const pursue = (goal: SchedulerGoal): void => {
    if (!hasEnded) dispatch({ type: 'goal', goal });
  };

  if (deps.heir !== undefined && machine.child !== null) deeds.adopt(machine.child.serial, deps.heir);
  dispatch({ type: 'tick' });
  return {
    get state() {
      return shown;
    },
    get statistics() {
      return deeds.latest();
    },
    pursue,
    reload: () => dispatch({ type: 'reload' }),
    subscribe: (listener) => void listeners.push(listener),
    stop() {
      pursue({ want: 'stock', reason: 'the agent ends', urgent: true });
      hasEnded = true;
      return untilStock({ clock, listeners, isStock: () => shown.phase === 'stock', policy }).finally(() =>
        cancelWake(),
      );
    },
  };
}

/** Resolves once stock is proven; at the latest when waiting longer would prove nothing more. */
function untilStock(wait: {
  clock: Clock;
  listeners: Array<(state: SchedulerState) => void>;
  isStock: () => boolean;
  policy: Policy;
}): Promise<void> {
  const { clock, listeners, isStock, policy } = wait;
  return new Promise((resolve) => {
    if (isStock()) return resolve();
    const cancel = clock.after(policy.killMs.urgent + policy.sweepMs + 2 * policy.releaseMs, resolve);
    listeners.push(() => {
      if (!isStock()) return;
      cancel();
      resolve();
    });
  });
}

function isSame(a: SchedulerDetails, b: SchedulerDetails): boolean {
  return (Object.keys(a) as Array<keyof SchedulerDetails>).every((key) => a[key] === b[key]);
}
