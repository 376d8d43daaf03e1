import type { NodeOptions } from '../../test/standin/cluster.ts';
import type { Arrival } from './workloads.ts';

/** What runs on every node of a real cluster: network, proxy, logs. They are bound before anything else arrives. */
const DAEMONS = [
  { name: 'kube-proxy', requestMilli: 100, useMilli: 20 },
  { name: 'cni', requestMilli: 100, useMilli: 30 },
  { name: 'log-agent', requestMilli: 100, useMilli: 50 },
] as const;

export interface DaemonPod extends Arrival {
  readonly name: string;
  readonly node: string;
}

export function daemonPods(nodes: readonly NodeOptions[]): DaemonPod[] {
  return nodes.flatMap(({ name: node }) =>
    DAEMONS.map(({ name: daemon, requestMilli, useMilli }) => {
      const name = `${daemon}-${node}`;
      const owner = {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        name: daemon,
        uid: `owner-${daemon}`,
        controller: true,
      };
      return {
        namespace: 'kube-system',
        name,
        node,
        useMilli,
        body: {
          metadata: { name, ownerReferences: [owner] },
          spec: {
            priorityClassName: 'system-node-critical',
            containers: [
              {
                name: daemon,
                image: 'registry.example/daemon:1',
                resources: { requests: { cpu: `${requestMilli}m` } },
              },
            ],
          },
        },
      };
    }),
  );
}
