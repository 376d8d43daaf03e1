import { createScheduler, type SupervisedScheduler } from '../../../agent/scheduler/create-scheduler.ts';
import type { Policy } from '../../../agent/scheduler/policy.ts';
import type { KnownGood, LiveNews, Orphans, VerifyLayers } from '../../../agent/scheduler/ports.ts';
import type { SchedulerConfig, SchedulerDetails, SchedulerExit } from '../../../agent/scheduler/scheduler.ts';
import { type InProcess, inProcess } from '../../double/in-process.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** Three layers by prefix: `name` makes it another config. */
export function prefixConfig(name = 'a'): SchedulerConfig {
  const layers = layersOf(name, [[{ CgroupPrefix: 'kubepods/critical/' }]], [[{ CgroupPrefix: 'kubepods/' }]]);
  return { layers, members: null, shape: `prefixes-${name}`, hash: `prefixes-${name}` };
}

/** The same by cgroup id; all are of one shape, unless another is given. */
export function memberConfig(
  members: ReadonlyArray<readonly [bigint, number]> = [],
  name = '',
  shape = 'members',
): SchedulerConfig {
  const layers = layersOf(shape, [[{ CgroupPrefix: 'none/' }]], [[{ CgroupPrefix: 'none/' }]]);
  const text = members.map((member) => member.join('=')).join(',');
  return { layers, members: new Map(members), shape, hash: `${shape}-${text}${name}` };
}

function layersOf(name: string, critical: unknown, normal: unknown): unknown[] {
  return [
    {
      name: 'critical',
      comment: name,
      matches: critical,
      kind: { Confined: { util_range: [0.1, 0.6], cpus_range: [1, 2] } },
    },
    { name: 'normal', matches: normal, kind: { Grouped: { util_range: [0.1, 0.6] } } },
    { name: 'rest', matches: [[]], kind: { Grouped: { util_range: [0.1, 0.6] } } },
  ];
}

/** Two pods: nothing of theirs belongs in the last layer. */
export const TASKS = [
  { path: 'kubepods/critical/p1', ids: [11n, 21n], count: 3 },
  { path: 'kubepods/p2', ids: [12n, 21n], count: 2 },
];

export const noneInTheRest: VerifyLayers = ({ layers }) =>
  (layers['rest']?.tasks ?? 0) > 0 ? `${layers['rest']?.tasks} tasks in the layer rest` : null;

export interface Rig {
  /** What a second scheduler would lack. */
  shortage: string | null;
  readonly clock: FakeClock;
  readonly world: InProcess;
  readonly scheduler: SupervisedScheduler;
  readonly exits: SchedulerExit[];
  readonly updates: Array<readonly [kind: string, cause: string]>;
  readonly gaps: number[];
  readonly news: LiveNews[];
  readonly states: SchedulerDetails[];
  readonly kept: SchedulerConfig[];
  /** Moves time on in small steps and lets promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Moves time on until it holds; fails after `withinMs`. Returns the milliseconds that it took. */
  until(what: string, holds: (state: SchedulerDetails) => boolean, withinMs: number): Promise<number>;
  enforce(config: SchedulerConfig, cause?: string): void;
  stock(urgent?: boolean): void;
}

export interface RigOptions {
  readonly isPatched?: boolean;
  /** @default as `isPatched` */
  readonly canStandBy?: boolean;
  readonly random?: () => number;
  readonly policy?: Partial<Policy>;
  readonly knownGood?: SchedulerConfig;
  readonly orphans?: Orphans;
  readonly prepare?: (world: InProcess) => void;
  /** How long a look at the layers takes. @default 0 */
  readonly lookMs?: number;
}

const STEP_MS = 25;

export function rig(options: RigOptions = {}): Rig {
  const { isPatched = false, canStandBy = isPatched, lookMs = 0 } = options;
  const clock = new FakeClock();
  const world = inProcess(clock, { isPatched });
  world.tasks = TASKS;
  options.prepare?.(world);
  const exits: SchedulerExit[] = [];
  const updates: Array<readonly [string, string]> = [];
  const gaps: number[] = [];
  const news: LiveNews[] = [];
  const states: SchedulerDetails[] = [];
  const kept: SchedulerConfig[] = [];
  const shortage = (): Promise<string | null> => Promise.resolve(it.shortage);
  const knownGood: KnownGood = { load: () => options.knownGood ?? null, save: (config) => void kept.push(config) };
  const scheduler = createScheduler({
    clock,
    random: options.random ?? (() => 0.999),
    children: world.children,
    kernel: world.kernel,
    statistics: world.statistics,
    control: world.control,
    orphans: options.orphans ?? { end: () => Promise.resolve(0) },
    knownGood,
    async verifyLayers(statistics, look) {
      if (lookMs > 0) await new Promise<void>((resolve) => clock.after(lookMs, resolve));
      return await noneInTheRest(statistics, look);
    },
    observer: {
      exited: (exit) => void exits.push(exit),
      updated: (kind, cause) => void updates.push([kind, cause]),
      live: (one) => void news.push(one),
      gap: (seconds) => void gaps.push(seconds),
      changed: (state) => void states.push(state),
    },
    ...(canStandBy && { room: { shortage } }),
    ...(options.policy === undefined ? {} : { policy: options.policy }),
  });

  const advance = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= STEP_MS) {
      clock.advance(Math.min(STEP_MS, left));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const it: Rig = {
    shortage: null,
    clock,
    world,
    scheduler,
    exits,
    updates,
    gaps,
    news,
    states,
    kept,
    advance,
    async until(what, holds, withinMs) {
      await new Promise((resolve) => setImmediate(resolve));
      const start = clock.monotonic();
      while (!holds(scheduler.state)) {
        const { phase, reason } = scheduler.state;
        if (clock.monotonic() - start >= withinMs)
          throw new Error(`${what}: not in ${withinMs} ms; ${phase}: ${reason}`);
        await advance(STEP_MS);
      }
      return clock.monotonic() - start;
    },
    enforce: (config, cause = 'test') => scheduler.pursue({ want: 'enforce', config, cause }),
    stock: (urgent = true) => scheduler.pursue({ want: 'stock', reason: 'asked by the test', urgent }),
  };
  return it;
}

/** The double attached, and shown to be: the kernel's word and the supervisor's agree. */
export const isEnforcing = ({ phase }: SchedulerDetails): boolean => phase === 'enforcing';

/** Nothing of ours attached, no process, and said so. */
export function isProvenStock({ world, scheduler }: Pick<Rig, 'world' | 'scheduler'>): boolean {
  const { phase, reason } = scheduler.state;
  const saysStock = phase === 'stock' || phase === 'waiting' || phase === 'latched';
  return saysStock && reason !== '' && world.alive === 0 && world.kernel.read().state === 'disabled';
}
