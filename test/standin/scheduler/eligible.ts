import { z } from 'zod';
import { isRecord, own, type PodObject } from '../api/objects.ts';
import type { NodeInfo } from './cluster-state.ts';
import type { Vector } from './demand.ts';

/** Whether a node may take a pod at all: the filter plugins that matter here, in kube-scheduler's words. */

/** A toleration without a key tolerates every taint. */
const UNSCHEDULABLE = ['node.kubernetes.io/unschedulable', ''];

/** What of a pod the filters look at, read once for all nodes. */
export interface Needs {
  readonly requested: Vector;
  readonly nodeSelector: Readonly<Record<string, unknown>>;
  /** The one node that a DaemonSet's pod is for. */
  readonly onlyNode: string | undefined;
  readonly toleratesUnschedulable: boolean;
}

export function needsOf({ spec }: PodObject, requested: Vector): Needs {
  const tolerations = Array.isArray(spec['tolerations']) ? (spec['tolerations'] as readonly unknown[]) : [];
  return {
    requested,
    nodeSelector: isRecord(spec['nodeSelector']) ? spec['nodeSelector'] : {},
    onlyNode: onlyNodeOf(spec['affinity']),
    toleratesUnschedulable: tolerations.some(
      (toleration) => isRecord(toleration) && UNSCHEDULABLE.includes(String(toleration['key'] ?? '')),
    ),
  };
}

/** The reasons against the node; empty where the pod fits. The first plugin that refuses is the last to be asked. */
export function obstacles(needs: Needs, node: NodeInfo): string[] {
  if (node.unschedulable && !needs.toleratesUnschedulable) return ['node(s) were unschedulable'];
  const isSelected = Object.entries(needs.nodeSelector).every(([key, value]) => own(node.labels, key) === value);
  if (!isSelected || (needs.onlyNode !== undefined && needs.onlyNode !== node.name)) {
    return ["node(s) didn't match Pod's node affinity/selector"];
  }
  const { requested, allocatable } = node;
  const { cpuMilli, memoryBytes } = needs.requested;
  return [
    ...(node.pods + 1 > node.maxPods ? ['Too many pods'] : []),
    ...(cpuMilli > 0 && cpuMilli > allocatable.cpuMilli - requested.cpuMilli ? ['Insufficient cpu'] : []),
    ...(memoryBytes > 0 && memoryBytes > allocatable.memoryBytes - requested.memoryBytes
      ? ['Insufficient memory']
      : []),
  ];
}

/** The one form of affinity that the stand-in knows: the DaemonSet controller's match by the name of the node. */
const daemonAffinity = z.object({
  nodeAffinity: z.object({
    requiredDuringSchedulingIgnoredDuringExecution: z.object({
      nodeSelectorTerms: z.tuple([
        z.object({
          matchFields: z.tuple([
            z.object({ key: z.literal('metadata.name'), operator: z.literal('In'), values: z.tuple([z.string()]) }),
          ]),
        }),
      ]),
    }),
  }),
});

function onlyNodeOf(affinity: unknown): string | undefined {
  const { data } = daemonAffinity.safeParse(affinity);
  const [term] = data?.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms ?? [];
  return term?.matchFields[0].values[0];
}
