import type { AgentPod } from '../pods/agent-pod.ts';
import type { LayerName } from './desired.ts';
import { forEachLayer } from './layer-specs.ts';

/** What the pods of a layer ask for, CPU in millicores; requests before scaling. */
export interface Demand {
  readonly pods: number;
  readonly requestMilli: number;
  /** Sum of the limits of those that have one. */
  readonly limitMilli: number;
}

export const NO_DEMAND: Demand = { pods: 0, requestMilli: 0, limitMilli: 0 };

/** The demand of each layer. */
export function demandByLayer(
  placed: Iterable<{ readonly pod: AgentPod; readonly layer: LayerName }>,
): Readonly<Record<LayerName, Demand>> {
  const demand = forEachLayer(() => ({ ...NO_DEMAND }));
  for (const { pod, layer } of placed) {
    const sum = demand[layer];
    sum.pods += 1;
    sum.requestMilli += Math.max(0, pod.requestMilli);
    sum.limitMilli += Math.max(0, pod.limitMilli ?? 0);
  }
  return demand;
}
