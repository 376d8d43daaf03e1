/**
 * The fence's arithmetic: how many CPUs the Critical tier takes for itself on a node, and whether
 * they are to be had. The demo, the extender and the agent share it, so that what is promised when a
 * pod is placed is what the node then does.
 */

/** A node as the fence sees it. */
export interface FenceMachine {
  /** Hardware threads, which is what Kubernetes calls cores. */
  readonly cpus: number;
  /** Hardware threads of one physical core: 2 under SMT, else 1. */
  readonly threads: number;
  /** CPUs that stay open for the operating system, kubelet and temper itself; at least one core always does. */
  readonly reserve: number;
}

export interface Fence {
  /** CPUs that the Critical tier needs: its requests in whole physical cores. */
  readonly needed: number;
  /** CPUs that may be fenced: all but the reserve, in whole physical cores. */
  readonly fenceable: number;
  /** Whether the fence fits. Where it does not, Critical is demoted: still protected, no longer exclusive. */
  readonly fits: boolean;
}

/**
 * The fence for `criticalMilli` millicores of original Critical requests.
 *
 * Both sides are in whole physical cores, because a core with a stranger on its other hardware
 * thread protects nothing: needs are rounded up, the reserve is rounded up, what is left is fenceable.
 */
export function fence(machine: FenceMachine, criticalMilli: number): Fence {
  const needed = wholeCores(Math.ceil(criticalMilli / 1000), machine.threads);
  const reserve = wholeCores(Math.max(1, machine.reserve), machine.threads);
  const fenceable = Math.max(0, Math.floor((machine.cpus - reserve) / machine.threads) * machine.threads);
  return { needed, fenceable, fits: needed <= fenceable };
}

function wholeCores(cpus: number, threads: number): number {
  return Math.ceil(cpus / threads) * threads;
}
