import type { Fence } from '../../src/model/fence.ts';
import type { TierOrSystem } from '../../src/model/tier.ts';

/**
 * The layers, in the order of the config: the first that matches takes a task. The shape is constant:
 * pods change membership and numbers, never names, kinds or order. `background` and `normal` come late,
 * since their last match is broad (`…besteffort/`, `kubepods/`); `host` comes before them, since the
 * agent's own pod lies below `kubepods`. docs/explanation/layers.md says what each is for.
 */
export const LAYERS = [
  'critical-fenced',
  'critical',
  'high',
  'limited',
  'limited-low',
  'low',
  'system-pods',
  'normal-besteffort',
  'host',
  'background',
  'normal',
  'rest',
] as const;

export type LayerName = (typeof LAYERS)[number];

/** The numbers of a layer that may change while the scheduler runs. */
export interface LayerNumbers {
  /** 1 to 10000: divides CPUs between layers. */
  readonly weight: number;
  /** CPUs it may own, at least and at most; null where the kind has none (Open). */
  readonly cpusRange: readonly [number, number] | null;
  /** Owned CPUs are kept so that their utilization lies in this range; null where the kind has none (Open). */
  readonly utilRange: readonly [number, number] | null;
  readonly sliceUs: number;
}

/** One pod's place. */
export interface Placement {
  readonly uid: string;
  readonly tier: TierOrSystem;
  readonly layer: LayerName;
  /** Why that layer, for `explain`. */
  readonly reason: string;
  /** The pod's cgroup; null while it has not been found, and then nothing can be enforced for it. */
  readonly cgroup: { readonly path: string; readonly id: bigint } | null;
}

/** Something that people must hear of, in the status, an Event, a metric and `explain`. */
export interface Notice {
  readonly id:
    | 'critical-demoted'
    | 'over-the-limit'
    | 'limits-not-enforced'
    | 'limits-refuse'
    | 'cgroups-not-understood';
  readonly message: string;
}

/** What the scheduler should do for the pods and the machine as they are. A value: equal inputs give equal outputs. */
export interface Desired {
  readonly numbers: Readonly<Record<LayerName, LayerNumbers>>;
  /** By uid. */
  readonly placements: readonly Placement[];
  /** Whether Critical's fence does not fit, so that Critical is protected but not exclusive. */
  readonly demoted: boolean;
  /** What Critical asks for and what can be fenced, CPUs. */
  readonly fence: Fence;
  readonly notices: readonly Notice[];
  /** Whether a Critical or High pod is on the node: else there is nothing to attach for. */
  readonly hasProtected: boolean;
  /** Why the node must stay on stock, whatever else holds (`limits: refuse`, a protected pod over the limit); null where not. */
  readonly refusal: string | null;
}
