import type { SchedulerDeps } from './deps.ts';
import type { Effect, Event } from './machine/state.ts';
import type { ChildExit, ChildHandle, HeirProcess, Statistics, StatisticsSession } from './ports.ts';
import type { SchedulerConfig } from './scheduler.ts';

export interface Deeds {
  perform(effect: Effect): void;
  /** Takes a process as the child of this number that somebody else has started. */
  adopt(serial: number, process: HeirProcess): void;
  /** The latest statistics; null where there are none of what is attached now. */
  latest(): Statistics | null;
  forget(): void;
}

interface Running {
  readonly handle: ChildHandle;
  readonly session: StatisticsSession;
}

/** Does what a step asks for; what comes of it goes to `tell`, later, never within the call. */
export function deedsOf(deps: SchedulerDeps, tell: (event: Event) => void): Deeds {
  const { children, statistics, control, orphans, knownGood, observer } = deps;
  /** By serial number: the child, and beside it a standby. */
  const running = new Map<number, Running>();
  let latest: Statistics | null = null;

  const endOf = (serial: number) => (exit: ChildExit) => {
    running.get(serial)?.session.close();
    running.delete(serial);
    tell({ type: 'exited', serial, exit });
  };

  const spawn = (serial: number, config: SchedulerConfig, standsBy: boolean): void => {
    const ended = endOf(serial);
    const handle = standsBy
      ? children.standBy(config, 'free', () => tell({ type: 'ready', serial }), ended)
      : children.start(config, ended);
    // It connects with the first question, so that of a standby does when it has attached.
    running.set(serial, { handle, session: statistics.open() });
  };

  const weigh = async (serial: number): Promise<void> => {
    const shortage = await deps.room?.shortage().catch((error: unknown) => `it cannot be told: ${message(error)}`);
    tell({ type: 'weighed', serial, shortage: shortage ?? null });
  };

  const ask = async (serial: number, config: SchedulerConfig): Promise<void> => {
    const session = running.get(serial)?.session;
    if (session === undefined) return;
    const answer = await session.read().catch((error: unknown) => ({ failure: message(error) }));
    if (isFailure(answer)) return tell({ type: 'statistics', serial, outcome: { ok: false, reason: answer.failure } });
    if (running.has(serial)) latest = answer;
    const outcome = { ok: true, wrong: verify(deps, answer, config), hash: config.hash } as const;
    tell({ type: 'statistics', serial, outcome });
  };

  const update = async (serial: number, from: SchedulerConfig | null, to: SchedulerConfig): Promise<void> => {
    const outcome = await control.update(from, to);
    tell({ type: 'controlled', serial, outcome });
  };

  const sweep = async (): Promise<void> => {
    let ended = 0;
    try {
      ended = await orphans.end();
    } catch {
      // Without procfs nobody is found; what is attached is then reported as another's.
    }
    tell({ type: 'swept', ended });
  };

  return {
    latest: () => latest,
    adopt(serial, process) {
      running.set(serial, { handle: process.handle, session: statistics.open() });
      process.follow(endOf(serial));
    },
    forget() {
      latest = null;
    },
    perform(effect) {
      switch (effect.type) {
        case 'spawn':
          return spawn(effect.serial, effect.config, effect.standsBy);
        case 'weigh':
          return void weigh(effect.serial);
        case 'signal':
          return running.get(effect.serial)?.handle.signal(effect.signal);
        case 'ask':
          return void ask(effect.serial, effect.config);
        case 'control':
          return void update(effect.serial, effect.from, effect.to);
        case 'sweep':
          return void sweep();
        case 'keep':
          return knownGood.save(effect.config);
        case 'exit':
          return observer.exited(effect.exit);
        case 'update':
          return observer.updated(effect.kind, effect.cause, effect.seconds);
        case 'gap':
          return observer.gap(effect.seconds);
      }
    },
  };
}

/** A proof that fails proves nothing: doubt ends in stock. */
function verify({ verifyLayers }: SchedulerDeps, answer: Statistics, config: SchedulerConfig): string | null {
  try {
    return verifyLayers(answer, config);
  } catch (error) {
    return `the layers could not be verified: ${message(error)}`;
  }
}

function isFailure(answer: Statistics | { readonly failure: string }): answer is { readonly failure: string } {
  return typeof answer['failure'] === 'string';
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
