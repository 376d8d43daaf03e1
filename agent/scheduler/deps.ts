import type { Clock } from '../../src/model/clock.ts';
import type { Heir } from './machine/heir.ts';
import type { Policy } from './policy.ts';
import type {
  Children,
  Control,
  HeirProcess,
  Kernel,
  KnownGood,
  Orphans,
  Room,
  SchedulerObserver,
  StatisticsSource,
  VerifyLayers,
} from './ports.ts';

/** What the supervisor works with; tests bring their own. */
export interface SchedulerDeps {
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly children: Children;
  readonly kernel: Kernel;
  readonly statistics: StatisticsSource;
  readonly control: Control;
  readonly orphans: Orphans;
  readonly knownGood: KnownGood;
  /** Only where the binary can stand by: without it, what cannot change live is a restart. */
  readonly room?: Room;
  readonly verifyLayers: VerifyLayers;
  readonly observer: SchedulerObserver;
  readonly policy?: Partial<Policy>;
  /** The generation that an earlier agent reached. @default 0 */
  readonly generation?: number;
  /** What waits to attach since the agent before us had the node. @default nothing */
  readonly heir?: Heir & HeirProcess;
}
