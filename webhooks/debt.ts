import type { Watched } from '../src/kube/store.ts';
import type { PodView } from '../src/model/pod-view.ts';
import type { TierOrSystem } from '../src/model/tier.ts';

/**
 * The capacity debt per tier: original minus scaled requests of the pods that exist now, in
 * millicores. It is what would not fit if the webhook went away and every pod were made anew.
 */
export class CapacityDebt {
  readonly #milli = new Map<TierOrSystem, number>();

  constructor(pods: Watched<PodView>) {
    pods.subscribe((change) => {
      if (change.previous !== undefined) this.#add(change.previous, -1);
      if (change.type === 'set') this.#add(change.value, 1);
    });
  }

  milliOf(tier: TierOrSystem): number {
    return this.#milli.get(tier) ?? 0;
  }

  #add(pod: PodView, sign: 1 | -1): void {
    if (!pod.alive) return;
    const { tier, originalMilli, requestMilli } = pod;
    this.#milli.set(tier, this.milliOf(tier) + sign * (originalMilli - requestMilli));
  }
}
