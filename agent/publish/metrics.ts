import type { TierOrSystem } from '../../src/model/tier.ts';
import { TIERS } from '../../src/model/tier.ts';
import type { TierLoad } from '../../src/model/tier-load.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import { SAFE_MODE_SOURCES, type SafeMode } from '../safemode/safe-mode.ts';
import { type AgentStatus, STATUS_WORDS } from '../status.ts';

/** What the metrics tell of one node, asked for at each scrape. */
export interface Published {
  readonly status: AgentStatus;
  readonly safeMode: SafeMode;
  readonly generation: number;
  /** Null while it cannot be told: then its metrics are absent. */
  readonly load: TierLoad | null;
}

/** Exports what the annotations say, as it is now: Prometheus sees it also while the API server is away. */
export function exportPublished(metrics: Metrics, read: () => Published): void {
  metrics.onScrape('temper_agent_status', (set) => {
    const { word } = read().status;
    for (const status of STATUS_WORDS) set({ status }, status === word ? 1 : 0);
  });
  metrics.onScrape('temper_safe_mode', (set) => set({}, read().safeMode.sources.length > 0 ? 1 : 0));
  metrics.onScrape('temper_safe_mode_source', (set) => {
    const { sources } = read().safeMode;
    for (const source of SAFE_MODE_SOURCES) set({ source }, sources.includes(source) ? 1 : 0);
  });
  metrics.onScrape('temper_config_generation', (set) => set({}, read().generation));
  metrics.onScrape('temper_tier_pods', (set) => {
    for (const [tier, { pods }] of tiersOf(read().load)) set({ tier }, pods);
  });
  metrics.onScrape('temper_tier_cpu_request_cores', (set) => {
    for (const [tier, { requestMilli }] of tiersOf(read().load)) set({ tier }, requestMilli / 1000);
  });
}

function tiersOf(load: TierLoad | null): ReadonlyArray<readonly [TierOrSystem, TierLoad['system']]> {
  if (load === null) return [];
  return [...TIERS.map((tier) => [tier, load.tiers[tier]] as const), ['system', load.system]];
}
