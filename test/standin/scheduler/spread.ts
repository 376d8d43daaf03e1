import { own } from '../api/objects.ts';
import type { NodeInfo } from './cluster-state.ts';
import { MAX_SCORE } from './scores.ts';

/**
 * PodTopologySpread with the cluster's default constraints: hostname with a skew of 3, zone with 5,
 * both ScheduleAnyway. Constraints of a pod's own are not looked at.
 */
const HOSTNAME_SKEW = 3;
const ZONE_SKEW = 5;
const ZONE = 'topology.kubernetes.io/zone';
const HOSTNAME = 'kubernetes.io/hostname';

/**
 * Scores the feasible nodes for a pod of a workload, 0 to 100 after normalising: fewer of its like are better.
 *
 * @param all every node: pods in a zone count, feasible or not.
 */
export function spreadScores(workload: string, feasible: readonly NodeInfo[], all: readonly NodeInfo[]): number[] {
  const inZone = new Map<string | undefined, number>();
  for (const node of feasible) inZone.set(zoneOf(node), 0);
  for (const node of all) {
    const zone = zoneOf(node);
    const count = inZone.get(zone);
    if (count !== undefined) inZone.set(zone, count + likeOn(workload, node));
  }
  // A topology with many values must not drown in one with few.
  const hostWeight = Math.log(feasible.length + 2);
  const zoneWeight = Math.log(inZone.size + 2);
  const counts = feasible.map((node) => {
    const zone = zoneOf(node);
    const host = hasHostname(node) ? likeOn(workload, node) * hostWeight + HOSTNAME_SKEW - 1 : 0;
    return Math.round(host + (zone === undefined ? 0 : (inZone.get(zone) ?? 0) * zoneWeight + ZONE_SKEW - 1));
  });
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (most === 0) return counts.map(() => MAX_SCORE);
  return counts.map((count) => Math.trunc((MAX_SCORE * (most + least - count)) / most));
}

function likeOn(workload: string, { workloads }: NodeInfo): number {
  return workloads.get(workload) ?? 0;
}

function zoneOf({ labels }: NodeInfo): string | undefined {
  return own(labels, ZONE);
}

function hasHostname({ labels }: NodeInfo): boolean {
  return own(labels, HOSTNAME) !== undefined;
}
