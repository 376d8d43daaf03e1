import type { RootReading } from './pods-in-root.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Which of the trees on this machine is this node's, or why that cannot be told. There are several
 * with nodes in containers, and after a change of the cgroup driver. It is the one that holds pods
 * which the API has on this node; hashes of static pods do not count, for they repeat between nodes.
 *
 * @param usedId the id of the root that was used before: it stays this node's while nothing speaks for another
 */
export function chooseRoot(
  readings: readonly RootReading[],
  knownUids: ReadonlySet<string>,
  usedId: bigint | undefined,
): RootReading | string {
  const [only] = readings;
  if (only !== undefined && readings.length === 1) return only;
  const holding = readings.filter(({ pods }) => [...pods.keys()].some((uid) => UUID.test(uid) && knownUids.has(uid)));
  const [holder] = holding;
  if (holder !== undefined && holding.length === 1) return holder;
  const used = holding.length === 0 ? readings.find(({ dir }) => dir.id === usedId) : undefined;
  if (used !== undefined) return used;
  const places = readings.map(({ dir }) => JSON.stringify(dir.path)).slice(0, 3);
  return `several: ${readings.length} kubepods directories, ${holding.length} of them with pods of this node: ${places.join(', ')}`;
}
