import type { Clock } from '../../src/model/clock.ts';
import type { Heir } from '../scheduler/machine/heir.ts';
import type { Moment } from '../scheduler/machine/state.ts';
import type { Policy } from '../scheduler/policy.ts';
import type { ChildExit, Children, HeirProcess, Kernel, Room, StandbyHandle } from '../scheduler/ports.ts';
import type { SchedulerExit, SchedulerGoal } from '../scheduler/scheduler.ts';
import { type Newcomer, type NewcomerEffect, type NewcomerEvent, newcomer, stepNewcomer } from './newcomer.ts';

export interface NewcomerDeps {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Its files must not be those of the agent before us. */
  readonly children: Children;
  readonly kernel: Kernel;
  /** Whether our binary can stand by; null where it does not even say what it is. */
  readonly canStandBy: boolean | null;
  readonly room: Room;
  readonly policy: Policy;
  readonly exited: (exit: SchedulerExit) => void;
  /** Called after each change of `state`, never within a call. */
  readonly changed: () => void;
}

/** The scheduler of an agent that waits for another one. */
export interface WaitingScheduler {
  readonly state: Newcomer;
  pursue(goal: SchedulerGoal): void;
  /** What is known of the agent before us. */
  before(news: { readonly hasToLose: boolean; readonly isReleased: boolean }): void;
  /** Hands out what may attach now, or may as soon as it has loaded; null where there is nothing. It waits no more then. */
  hand(cause: string): (Heir & HeirProcess) | null;
  /** Ends what waits, and resolves when it is gone, or was not to be ended. */
  stop(): Promise<void>;
}

interface Running {
  readonly serial: number;
  readonly handle: StandbyHandle;
  ended: (exit: ChildExit) => void;
}

export function createWaitingScheduler(deps: NewcomerDeps): WaitingScheduler {
  const { clock, children, kernel, policy } = deps;
  let state = newcomer(deps.canStandBy);
  let running: Running | null = null;
  let isOver = false;
  let cancelWake = () => {};
  let gone: (() => void) | null = null;

  const moment = (): Moment => ({
    wall: clock.now(),
    mono: clock.monotonic(),
    chance: deps.random(),
    kernel: kernel.read(),
  });

  const spawn = (serial: number, config: Heir['config']): void => {
    const ready = (): void => dispatch({ type: 'ready', serial });
    const handle = children.standBy(config, 'told', ready, (exit) => process.ended(exit));
    const process: Running = {
      serial,
      handle,
      ended(exit) {
        if (running === process) running = null;
        gone?.();
        dispatch({ type: 'exited', serial, exit });
      },
    };
    running = process;
  };

  const weigh = async (serial: number): Promise<void> => {
    const shortage = await deps.room.shortage().catch((error: unknown) => `it cannot be told: ${String(error)}`);
    dispatch({ type: 'weighed', serial, shortage });
  };

  const perform = (effect: NewcomerEffect): void => {
    switch (effect.type) {
      case 'weigh':
        void weigh(effect.serial);
        return;
      case 'spawn':
        spawn(effect.serial, effect.config);
        return;
      case 'kill':
        if (running?.serial === effect.serial) running.handle.signal('SIGKILL');
        return;
      case 'members':
        children.updateStandby(effect.config);
        return;
      case 'release':
        if (running?.serial === effect.serial) running.handle.attach();
        return;
      case 'exit':
        deps.exited(effect.exit);
    }
  };

  function dispatch(event: NewcomerEvent): void {
    if (isOver) return;
    const before = state;
    const step = stepNewcomer(state, event, moment(), policy);
    ({ state } = step);
    for (const effect of step.effects) perform(effect);
    cancelWake();
    cancelWake = clock.after(policy.pollMs, () => dispatch({ type: 'tick' }));
    if (isOther(before, state)) clock.after(0, deps.changed);
  }

  const end = (): void => {
    isOver = true;
    cancelWake();
  };

  return {
    get state() {
      return state;
    },
    pursue: (goal) => dispatch({ type: 'goal', goal }),
    before: (news) => dispatch({ type: 'before-us', ...news }),
    hand(cause) {
      const { waiting } = state;
      end();
      const process = running;
      if (process === null || waiting === null || waiting.killAt !== null || waiting.released === null) return null;
      const { config, stage, startedAt, deadline, released, before } = waiting;
      return {
        config,
        isReady: stage === 'ready',
        startedAt,
        deadline,
        // CPUs that have changed since it loaded are none of its.
        before: { ...released, hotplugSeq: before.hotplugSeq },
        cause,
        handle: process.handle,
        follow(ended) {
          process.ended = ended;
        },
      };
    },
    stop() {
      end();
      const process = running;
      if (process === null) return Promise.resolve();
      process.handle.signal('SIGKILL');
      return new Promise((resolve) => {
        gone = resolve;
        clock.after(policy.releaseMs, resolve);
      });
    },
  };
}

function isOther(a: Newcomer, b: Newcomer): boolean {
  return (Object.keys(a) as Array<keyof Newcomer>).some((key) => a[key] !== b[key]);
}
