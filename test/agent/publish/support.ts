import type { PublishObserver, Wanted } from '../../../agent/publish/publish.ts';
import type { WriteOutcome } from '../../../src/kube/write.ts';
import type { TierLoad } from '../../../src/model/tier-load.ts';

const NONE = { pods: 0, requestMilli: 0, usedMilli: 0 };

export function load(changes: Partial<TierLoad> = {}): TierLoad {
  return {
    at: 0,
    heartbeatMs: 300_000,
    cores: 8,
    threads: 1,
    reserveCores: 1,
    protection: 'enforcing',
    tiers: { critical: NONE, high: NONE, normal: NONE, low: NONE, background: NONE },
    system: NONE,
    pressureSome10: 0,
    ...changes,
  };
}

/** A load that differs from every other one of this kind. */
export function loadOf(normalPods: number): TierLoad {
  const tiers = { ...load().tiers, normal: { pods: normalPods, requestMilli: 100 * normalPods, usedMilli: 0 } };
  return load({ tiers });
}

export function wanted(changes: Partial<Wanted> = {}): Wanted {
  return {
    status: { word: 'enforcing', reason: null },
    generation: 1,
    version: '0.1.0+scx.1.2.3',
    qosOverrides: null,
    load: load(),
    ...changes,
  };
}

export const UNAVAILABLE = { outcome: 'unavailable', detail: '503', retryAfterMs: 0 } as const satisfies WriteOutcome;

export interface Heard extends PublishObserver {
  /** `outcome cause` of each patch. */
  readonly patches: string[];
  /** `TMP…` and `recovered`. */
  readonly problems: string[];
}

export function heard(): Heard {
  const patches: string[] = [];
  const problems: string[] = [];
  return {
    patches,
    problems,
    patched: (outcome, cause) => patches.push(`${outcome} ${cause}`),
    problem: (error) => problems.push(error.id),
    recovered: () => problems.push('recovered'),
  };
}

/** Lets everything that was promised happen. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
