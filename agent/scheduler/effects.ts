import type { SchedulerDeps } from './deps.ts';
import type { Effect, Event } from './machine/state.ts';
import type { ChildExit, ChildHandle, ControlSession, Statistics, StatisticsSession } from './ports.ts';
import type { SchedulerConfig } from './scheduler.ts';

export interface Deeds {
  perform(effect: Effect): void;
  /** The latest statistics; null where there are none of what is attached now. */
  latest(): Statistics | null;
  forget(): void;
}

interface Running {
  readonly handle: ChildHandle;
  readonly session: StatisticsSession;
  readonly control: ControlSession;
}

/** Does what a step asks for; what comes of it goes to `tell`, later, never within the call. */
export function deedsOf(deps: SchedulerDeps, tell: (event: Event) => void): Deeds {
  const { children, statistics, control, orphans, knownGood, observer } = deps;
  /** By serial number: the child, and beside it a standby. */
  const running = new Map<number, Running>();
  let latest: Statistics | null = null;

  const spawn = (serial: number, config: SchedulerConfig, standsBy: boolean): void => {
    const ended = (exit: ChildExit): void => {
      running.get(serial)?.session.close();
      running.get(serial)?.control.close();
      running.delete(serial);
      tell({ type: 'exited', serial, exit });
    };
    const handle = standsBy
      ? children.standBy(config, () => tell({ type: 'ready', serial }), ended)
      : children.start(config, ended);
    // They connect with the first question, so those of a standby do when it has attached.
    running.set(serial, { handle, session: statistics.open(), control: control.open() });
  };

  const weigh = async (serial: number): Promise<void> => {
    const shortage = await deps.room?.shortage().catch((error: unknown) => `it cannot be told: ${message(error)}`);
    tell({ type: 'weighed', serial, shortage: shortage ?? null });
  };

  const ask = async ({ serial, config, except }: Effect & { type: 'ask' }): Promise<void> => {
    const session = running.get(serial)?.session;
    if (session === undefined) return;
    try {
      const answer = await session.read();
      if (running.has(serial)) latest = answer;
      const wrong = await verify(deps, answer, { config, except, session });
      tell({ type: 'statistics', serial, outcome: { ok: true, wrong, hash: config.hash } });
    } catch (error) {
      tell({ type: 'statistics', serial, outcome: { ok: false, reason: message(error) } });
    }
  };

  const update = async (serial: number, from: SchedulerConfig | null, to: SchedulerConfig): Promise<void> => {
    const session = running.get(serial)?.control;
    if (session !== undefined) tell({ type: 'controlled', serial, outcome: await session.update(from, to) });
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
          return void ask(effect);
        case 'control':
          return void update(effect.serial, effect.from, effect.to);
        case 'update-standby':
          return children.updateStandby(effect.config);
        case 'sweep':
          return void sweep();
        case 'keep':
          return knownGood.save(effect.config);
        case 'exit':
          return observer.exited(effect.exit);
        case 'update':
          return observer.updated(effect.kind, effect.cause, effect.seconds);
        case 'live':
          return observer.live(effect.news);
        case 'gap':
          return observer.gap(effect.seconds);
      }
    },
  };
}

/** Looking at cgroups may fail in any way; a proof that fails proves nothing: doubt ends in stock. */
async function verify(
  { verifyLayers }: SchedulerDeps,
  answer: Statistics,
  { config, except, session }: { config: SchedulerConfig; except: ReadonlySet<bigint>; session: StatisticsSession },
): Promise<string | null> {
  let silence: unknown = null;
  // That the socket fails while threads are asked for is the socket's failure, not a proof that fails.
  const threads: StatisticsSession['threads'] = (tids) =>
    session.threads(tids).catch((error: unknown) => {
      silence = error;
      throw error;
    });
  try {
    return await verifyLayers(answer, { config, except, threads });
  } catch (error) {
    if (silence !== null) throw silence;
    return `the layers could not be verified: ${message(error)}`;
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
