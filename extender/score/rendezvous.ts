/**
 * Rendezvous hashing: each pod ranks the nodes in an order of its own, every node is first equally
 * often, and the order of the request does not matter. Not for secrets: 32 bits of FNV-1a, mixed.
 */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The state after the pod's part, which is the same for all nodes of a request. */
export function podSeed(pod: string): number {
  // A byte that no UTF-16 unit of a Kubernetes name has keeps "a" + "bc" apart from "ab" + "c".
  return absorb(FNV_OFFSET, `${pod}\0`);
}

/** How highly the pod of `seed` ranks the node: an unsigned 32-bit number. */
export function rendezvous(seed: number, node: string): number {
  let hash = absorb(seed, node);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function absorb(start: number, text: string): number {
  let hash = start;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return hash;
}
