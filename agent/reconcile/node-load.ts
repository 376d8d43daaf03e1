import type { Clock } from '../../src/model/clock.ts';
import type { TierOrSystem } from '../../src/model/tier.ts';
import type { HostPaths } from '../host/paths.ts';
import type { Placement } from '../layers/desired.ts';
import { readPressure } from '../observe/pressure.ts';
import { sampleUsage, type UsageSample, usedMilli } from '../observe/usage.ts';

/** What is measured of the node for its `tier-load`. */
export interface Measured {
  /** Millicores in use by tier; empty before the second sample. */
  readonly usedMilliByTier: Readonly<Partial<Record<TierOrSystem, number>>>;
  /** PSI `cpu some avg10`, percent; null before the first sample and where the kernel does not tell. */
  readonly pressureSome10: number | null;
}

export interface NodeLoad {
  readonly measured: Measured;
  start(): void;
  stop(): void;
}

export interface NodeLoadDeps {
  readonly paths: HostPaths;
  readonly clock: Clock;
  readonly placements: () => readonly Placement[];
  /** Called after each sample. */
  readonly sampled: () => void;
}

/** As often as `tier-load` may be written. */
const SAMPLE_MS = 30_000;

/** Samples CPU use of the pods' cgroups and the node's pressure. */
export function createNodeLoad({ paths, clock, placements, sampled }: NodeLoadDeps): NodeLoad {
  let measured: Measured = { usedMilliByTier: {}, pressureSome10: null };
  let before: UsageSample | null = null;
  let cancel = () => {};
  let stopped = false;

  async function sample(): Promise<void> {
    const pods = placements();
    const cgroups = pods.flatMap(({ cgroup }) => (cgroup === null ? [] : [cgroup]));
    const after = await sampleUsage(paths, cgroups, () => clock.monotonic());
    const pressureSome10 = await readPressure(paths);
    if (stopped) return;
    const usedMilliByTier = before === null ? {} : byTier(pods, usedMilli(before, after));
    measured = { usedMilliByTier, pressureSome10 };
    before = after;
    sampled();
    cancel = clock.after(SAMPLE_MS, () => void sample());
  }

  return {
    get measured() {
      return measured;
    },
    start: () => void sample(),
    stop() {
      stopped = true;
      cancel();
    },
  };
}

function byTier(pods: readonly Placement[], used: ReadonlyMap<bigint, number>): Partial<Record<TierOrSystem, number>> {
  const sums: Partial<Record<TierOrSystem, number>> = {};
  for (const { tier, cgroup } of pods) {
    const milli = cgroup === null ? undefined : used.get(cgroup.id);
    if (milli !== undefined) sums[tier] = (sums[tier] ?? 0) + milli;
  }
  return sums;
}
