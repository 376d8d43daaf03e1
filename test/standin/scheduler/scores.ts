import type { NodeInfo } from './cluster-state.ts';
import type { Demand, Vector } from './demand.ts';

/** The score plugins on resources, in kube-scheduler's integer arithmetic; each gives 0 to 100. */

export const MAX_SCORE = 100;

/** NodeResourcesFit with the strategy LeastAllocated: the emptier the node would be, the better. */
export function leastAllocated({ assumed }: Demand, node: NodeInfo): number {
  const scores = fractions(node, (of) => {
    const [after, all] = [of(node.assumed) + of(assumed), of(node.allocatable)];
    return after > all ? 0 : Math.floor(((all - after) * MAX_SCORE) / all);
  });
  return scores.length === 0 ? 0 : Math.floor(scores.reduce((sum, score) => sum + score, 0) / scores.length);
}

/** NodeResourcesBalancedAllocation: how much nearer CPU and memory come together. 0 for every node if the pod asks for nothing. */
export function balancedAllocation({ requested }: Demand, node: NodeInfo): number {
  if (requested.cpuMilli === 0 && requested.memoryBytes === 0) return 0;
  const after = balance(node, (of) => of(node.requested) + of(requested));
  const before = balance(node, (of) => of(node.requested));
  return MAX_SCORE / 2 + Math.trunc((MAX_SCORE / 2 + after - before) / 2);
}

type Pick = (vector: Vector) => number;

/** One value for each resource that the node has. */
function fractions(node: NodeInfo, value: (of: Pick) => number): number[] {
  const resources: readonly Pick[] = [({ cpuMilli }) => cpuMilli, ({ memoryBytes }) => memoryBytes];
  return resources.filter((of) => of(node.allocatable) > 0).map(value);
}

function balance(node: NodeInfo, requested: (of: Pick) => number): number {
  const [cpu, memory] = fractions(node, (of) => Math.min(1, requested(of) / of(node.allocatable)));
  const deviation = cpu === undefined || memory === undefined ? 0 : Math.abs((cpu - memory) / 2);
  return Math.trunc((1 - deviation) * MAX_SCORE);
}
