import { TIERS, type Tier } from '../../src/model/tier.ts';
import { encodeTierLoad, type TierLoad } from '../../src/model/tier-load.ts';

export interface LoadWanted {
  readonly cores: number;
  readonly protection: TierLoad['protection'];
  /** What the pods of a tier ask for, millicores. @default 0 */
  readonly milli?: Partial<Readonly<Record<Tier, number>>>;
  /** @default now */
  readonly at?: number;
  /** @default 300000 */
  readonly heartbeatMs?: number;
}

/** What the agent of a node would write. */
export function tierLoad({
  cores,
  protection,
  milli = {},
  at = Date.now(),
  heartbeatMs = 300_000,
}: LoadWanted): string {
  const totals = (requestMilli = 0) => ({ pods: requestMilli > 0 ? 1 : 0, requestMilli });
  return encodeTierLoad({
    at,
    heartbeatMs,
    cores,
    threads: 1,
    reserveCores: 1,
    protection,
    tiers: Object.fromEntries(TIERS.map((tier) => [tier, totals(milli[tier])])) as TierLoad['tiers'],
    system: totals(),
  });
}
