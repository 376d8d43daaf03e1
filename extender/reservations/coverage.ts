/** An agent's view of its pods is at most this old when it writes. */
export const AGENT_VIEW_MS = 5000;

/** An agent writes within 30 s of a change in a pod count; twice that allows for a slow write. */
export const AGENT_WRITE_MS = 60_000;

/**
 * How far a node's report reaches in covering a pod bound at `boundAt`.
 *
 * `covered`: the report counts the pod, so a reservation would count it twice. `later`: it was
 * written after the binding but perhaps from an older view, which its number of pods can tell; if
 * not, and the agent has seen no reason to write again until `boundAt + AGENT_WRITE_MS`, the pod was
 * in it. `no`: only another report can tell.
 *
 * @param reportedAt when the node's report was measured; all in milliseconds since the epoch
 */
export function coverage(boundAt: number, reportedAt: number, now: number): 'covered' | 'later' | 'no' {
  if (reportedAt >= boundAt + AGENT_VIEW_MS) return 'covered';
  if (reportedAt <= boundAt) return 'no';
  return now >= boundAt + AGENT_WRITE_MS ? 'covered' : 'later';
}
