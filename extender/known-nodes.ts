import type { Watched } from '../src/kube/store.ts';
import type { Clock } from '../src/model/clock.ts';
import { knownNode } from './freshness.ts';
import type { NodeView } from './node-view.ts';
import type { Reservations } from './reservations/reservations.ts';
import { addDemand, type Demand } from './score/demand.ts';
import type { KnownNode } from './score/score.ts';

/** What is known of a node by its name at one moment; null where nothing fresh is. */
export type NodeLookup = (name: string) => KnownNode | null;

/** Reports with what was placed since: the nodes as scores see them. */
export interface KnownNodes {
  /** With all reservations but the pod's own, which must not stand in its way. */
  forScoring(podUid: string): NodeLookup;
  /** With bound pods only. */
  forFiltering(): NodeLookup;
}

export function createKnownNodes(nodes: Watched<NodeView>, reservations: Reservations, clock: Clock): KnownNodes {
  const lookup = (reservedOn: (name: string) => Demand | null): NodeLookup => {
    const now = clock.now();
    return (name) => {
      const known = knownNode(nodes.get(name), now);
      return known === null ? null : withReserved(known, reservedOn(name));
    };
  };
  return {
    forScoring(podUid) {
      reservations.settle();
      const own = reservations.of(podUid);
      return lookup((name) => reservations.on(name, own));
    },
    forFiltering() {
      reservations.settle();
      return lookup((name) => reservations.firmOn(name));
    },
  };
}

function withReserved(node: KnownNode, reserved: Demand | null): KnownNode {
  if (reserved === null) return node;
  const { capable, facts } = node;
  return { capable, facts: { ...facts, demand: addDemand(facts.demand, reserved) } };
}
