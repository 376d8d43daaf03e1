import type { Watched } from '../src/kube/store.ts';
import type { Clock } from '../src/model/clock.ts';
import type { Metrics } from '../src/telemetry/metrics.ts';
import { FRESHNESS, type Freshness, freshness } from './freshness.ts';
import type { Hearing } from './hearing.ts';
import type { NodeView } from './node-view.ts';
import type { Reservations } from './reservations/reservations.ts';

/** Exports what the extender knows, computed at each scrape. */
export function exportGauges(
  metrics: Metrics,
  sources: {
    readonly nodes: Watched<NodeView>;
    readonly reservations: Reservations;
    readonly hearing: Hearing;
    readonly clock: Clock;
  },
): void {
  const { nodes, reservations, hearing, clock } = sources;
  metrics.onScrape('temper_extender_nodes', (set) => {
    const counts = new Map<Freshness, number>(FRESHNESS.map((state) => [state, 0]));
    const now = clock.now();
    for (const view of nodes.values()) {
      const state = freshness(view, now);
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    for (const [state, count] of counts) set({ freshness: state }, count);
  });
  metrics.onScrape('temper_extender_reservations', (set) => {
    reservations.settle();
    const { tentative, firm } = reservations.counts;
    set({ state: 'tentative' }, tentative);
    set({ state: 'firm' }, firm);
  });
  // Before the first pod a ratio is not a number, rather than a 0 that would read as never followed.
  metrics.onScrape('temper_extender_agreement_ratio', (set) => set({}, hearing.heard().ratio ?? Number.NaN));
  metrics.onScrape('temper_extender_agreement_by_chance_ratio', (set) =>
    set({}, hearing.heard().byChance ?? Number.NaN),
  );
}
