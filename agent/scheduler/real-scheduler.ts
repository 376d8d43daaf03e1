import type { Clock } from '../../src/model/clock.ts';
import type { HostPaths } from '../host/paths.ts';
import { realChildren } from './children.ts';
import { controlAt } from './control.ts';
import { createScheduler, type SupervisedScheduler } from './create-scheduler.ts';
import { kernelOf } from './kernel.ts';
import { knownGoodIn } from './known-good.ts';
import type { Heir } from './machine/heir.ts';
import { orphansIn } from './orphans.ts';
import type { Policy } from './policy.ts';
import type { HeirProcess, Room, SchedulerObserver, VerifyLayers } from './ports.ts';
import { statisticsAt } from './statistics.ts';

export interface RealSchedulerOptions {
  readonly paths: HostPaths;
  readonly clock: Clock;
  /** scx_layered and what comes before its own arguments. */
  readonly program: readonly string[];
  /** Path of the kernel's config where the child would not find it; null where it does. */
  readonly kconfig: string | null;
  /** The child's whole environment: at least PATH. */
  readonly environment: Readonly<Record<string, string>>;
  readonly verifyLayers: VerifyLayers;
  readonly observer: SchedulerObserver;
  /** Only where the program can stand by. */
  readonly room?: Room;
  readonly policy?: Partial<Policy>;
  /** The generation that an earlier agent reached. @default 0 */
  readonly generation?: number;
  /** What waits to attach since the agent before us had the node. @default nothing */
  readonly heir?: Heir & HeirProcess;
}

/** The supervisor with a real process, the files of the host and the real socket. For the main thread. */
export function createRealScheduler(options: RealSchedulerOptions): SupervisedScheduler {
  const { paths, clock } = options;
  return createScheduler({
    ...options,
    random: Math.random,
    children: realChildren(options),
    kernel: kernelOf(paths),
    statistics: statisticsAt(paths.statsSocket, clock),
    control: controlAt(paths.statsSocket, clock),
    orphans: orphansIn(paths, (pid) => process.kill(pid, 'SIGKILL')),
    knownGood: knownGoodIn(paths, clock),
  });
}
