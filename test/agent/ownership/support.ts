import { createWaitingScheduler } from '../../../agent/ownership/create-newcomer.ts';
import { createOwnedScheduler, type OwnedScheduler } from '../../../agent/ownership/owned-scheduler.ts';
import type { Ownership, Told } from '../../../agent/ownership/ownership.ts';
import { createScheduler } from '../../../agent/scheduler/create-scheduler.ts';
import { DEFAULT_POLICY } from '../../../agent/scheduler/policy.ts';
import type { Children } from '../../../agent/scheduler/ports.ts';
import type { SchedulerConfig, SchedulerExit } from '../../../agent/scheduler/scheduler.ts';
import { type InProcess, inProcess } from '../../double/in-process.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memberConfig, noneInTheRest } from '../scheduler/support.ts';

/** Two places in a queue without sockets. */
class Places {
  readonly told: [Told, Told] = [
    { stage: 'owns', phase: 'stock' },
    { stage: 'waits', phase: 'stock' },
  ];
  isFirstDead = false;
  #listeners: Array<() => void> = [];

  set(index: 0 | 1, change: Partial<Told>): void {
    this.told[index] = { ...this.told[index], ...change };
    if (this.told[1].stage === 'waits' && (this.isFirstDead || this.told[0].stage === 'released')) {
      this.told[1] = { ...this.told[1], stage: 'owns' };
    }
    for (const listener of this.#listeners) listener();
  }

  at(index: 0 | 1): Ownership {
    const { told } = this;
    const wasHandedOver = () => told[0].stage === 'released';
    return {
      get stage() {
        return told[index].stage;
      },
      get ahead() {
        return told[index].stage === 'waits' ? told[0] : null;
      },
      get wasHandedOver() {
        return wasHandedOver();
      },
      subscribe: (listener) => void this.#listeners.push(listener),
      tell: (phase) => this.set(index, { phase }),
      end: () => told[index].stage === 'owns' && this.set(index, { stage: 'ending' }),
      release: () => {
        this.set(index, { stage: 'released' });
        return Promise.resolve(true);
      },
      close() {},
    };
  }
}

export interface UpgradeRig {
  readonly clock: FakeClock;
  readonly world: InProcess;
  readonly old: OwnedScheduler;
  readonly next: OwnedScheduler;
  /** What the second loads, by hash, and how its loads ended. */
  readonly exits: SchedulerExit[];
  readonly updates: Array<readonly [kind: string, cause: string]>;
  readonly gaps: number[];
  /** Members that the second has told to what waits, and what the first had said last when that was told to attach. */
  readonly members: SchedulerConfig[];
  readonly toldAt: string[];
  /** What the node is short of. */
  shortage: string | null;
  advance(ms: number): Promise<void>;
  until(what: string, holds: () => boolean, withinMs: number): Promise<number>;
  /** The first agent ends as kubelet asks it to. */
  endOld(): Promise<void>;
  /** The first agent is no more, and its scheduler with it. */
  killOld(): void;
}

const STEP_MS = 25;
/** The kernel ends an agent's connections first, and then what dies with it. */
const SCHEDULER_LATER_MS = 40;

export const CONFIG: SchedulerConfig = memberConfig([[11n, 0]]);

export const wants = (config = CONFIG) => ({ want: 'enforce', config, cause: 'test' }) as const;

/** An agent that enforces, and another that waits for it: both with the double on one kernel. */
export async function upgrade({ canStandBy = true } = {}): Promise<UpgradeRig> {
  const clock = new FakeClock();
  const world = inProcess(clock, { isPatched: true });
  world.tasks = [{ path: 'kubepods/p1', ids: [11n, 1n], count: 3 }];
  const places = new Places();
  const exits: SchedulerExit[] = [];
  const updates: Array<readonly [string, string]> = [];
  const gaps: number[] = [];
  const members: SchedulerConfig[] = [];
  const toldAt: string[] = [];
  const children: Children = {
    ...world.children,
    standBy(...given) {
      const handle = world.children.standBy(...given);
      return {
        ...handle,
        attach() {
          toldAt.push(places.isFirstDead ? 'dead' : places.told[0].stage);
          handle.attach();
        },
      };
    },
    updateStandby(config) {
      members.push(config);
      world.children.updateStandby(config);
    },
  };
  const room = { shortage: () => Promise.resolve(it.shortage) };
  const common = { clock, random: () => 0.999, children: world.children, kernel: world.kernel };
  const agent = (index: 0 | 1): OwnedScheduler =>
    createOwnedScheduler({
      ownership: places.at(index),
      now: clock.now.bind(clock),
      waiting: (changed) =>
        createWaitingScheduler({
          ...common,
          children,
          canStandBy,
          room,
          policy: DEFAULT_POLICY,
          exited: (exit) => void exits.push(exit),
          changed,
        }),
      supervise: (heir) =>
        createScheduler({
          ...common,
          ...world,
          orphans: { end: () => Promise.resolve(0) },
          knownGood: { load: () => null, save() {} },
          verifyLayers: noneInTheRest,
          ...(canStandBy && { room }),
          observer: {
            exited() {},
            live() {},
            updated: (kind, cause) => index === 1 && updates.push([kind, cause]),
            gap: (seconds) => index === 1 && gaps.push(seconds),
            changed() {},
          },
          ...(heir !== undefined && { heir }),
        }),
    });

  const advance = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= STEP_MS) {
      clock.advance(Math.min(STEP_MS, left));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const until = async (what: string, holds: () => boolean, withinMs: number): Promise<number> => {
    const start = clock.monotonic();
    while (!holds()) {
      const { phase, reason } = it.next.state;
      if (clock.monotonic() - start >= withinMs) throw new Error(`${what}: not in ${withinMs} ms; ${phase}: ${reason}`);
      await advance(STEP_MS);
    }
    return clock.monotonic() - start;
  };
  const old = agent(0);
  const it: UpgradeRig = {
    clock,
    world,
    old,
    next: agent(1),
    exits,
    updates,
    gaps,
    members,
    toldAt,
    shortage: null,
    advance,
    until,
    async endOld() {
      let isOver = false;
      const ended = old.stop().then(() => {
        isOver = true;
        places.set(0, { stage: 'released' });
      });
      await until('the old one has ended', () => isOver, 10_000);
      await ended;
    },
    killOld() {
      places.isFirstDead = true;
      places.set(0, {});
      clock.after(SCHEDULER_LATER_MS, () => {
        // It goes on here, and must do nothing: a goal of stock is the nearest to being dead.
        old.pursue({ want: 'stock', reason: 'dead', urgent: true });
        world.kill('attached');
      });
    },
  };
  it.old.pursue(wants());
  await until('the old one enforces', () => old.state.phase === 'enforcing', 4_000);
  return it;
}
