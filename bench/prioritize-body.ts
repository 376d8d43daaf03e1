import { TIER_CLASSES } from '../src/model/tier.ts';

/** Nodes that the extender knows. */
export const KNOWN_NODES = 5000;

/** Pods of the Deployment that are placed already, one a node. */
export const REPLICAS = 1000;

/** Node names as long as those that clouds give. */
export function nodeName(index: number): string {
  return `pool-${index % 7}-node-${String(index).padStart(5, '0')}.example`;
}

const CLASSES = [...TIER_CLASSES];

/** ExtenderArgs as kube-scheduler sends them, for the `index`-th pod and the first `names` nodes. */
export function extenderArgs(index: number, names: number): string {
  const [priorityClassName, value] = CLASSES[index % CLASSES.length] ?? [];
  const name = `web-${index}`;
  return JSON.stringify({
    Pod: {
      metadata: {
        name,
        namespace: 'shop',
        uid: `5ebb3ab7-ba78-4297-9e6b-${index.toString(16).padStart(12, '0')}`,
        creationTimestamp: '2026-11-21T15:49:58Z',
        labels: { app: 'web', 'pod-template-hash': '5d8f9c7b6' },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d8f9c7b6', uid: 'rs', controller: true },
        ],
      },
      spec: {
        containers: [
          { name: 'app', image: 'registry.example/app:1', resources: { requests: { cpu: '250m', memory: '256Mi' } } },
          { name: 'log', image: 'registry.example/log:1', resources: { requests: { cpu: '50m' } } },
        ],
        priorityClassName,
        priority: value?.value,
        schedulerName: 'temper-scheduler',
      },
      status: { phase: 'Pending', qosClass: 'Burstable' },
    },
    Nodes: null,
    NodeNames: Array.from({ length: names }, (_, node) => nodeName(node)),
  });
}
