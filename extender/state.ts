import type { Watched } from '../src/kube/store.ts';
import type { Clock } from '../src/model/clock.ts';
import type { PodView } from '../src/model/pod-view.ts';
import type { KnownNodes } from './known-nodes.ts';
import type { NodeView } from './node-view.ts';
import type { Placements } from './placements.ts';
import type { Reservations } from './reservations/reservations.ts';
import type { ExtenderSettings } from './settings.ts';

/** What the verbs work on. */
export interface ExtenderState {
  readonly clock: Clock;
  readonly nodes: Watched<NodeView>;
  readonly pods: Watched<PodView>;
  readonly known: KnownNodes;
  readonly reservations: Reservations;
  readonly placements: Placements;
  /** The settings in force. */
  settings: ExtenderSettings;
}
