import type { Ctx } from '../../../../e2e/case.ts';
import { sumOf } from './samples.ts';

/** What the control plane counts of itself. */
export interface Reading {
  readonly at: number;
  /** Patches of Nodes, without their status: agents make them, and the node controller when it has a reason. */
  readonly nodePatches: number;
  /** CPU time, seconds. */
  readonly apiserverCpu: number;
  readonly etcdCpu: number;
  /** Size of what etcd has in use, bytes: it grows until the API server lets the history be compacted, each 5 minutes. */
  readonly etcdInUse: number;
}

export async function readMeters({ cluster: { client, controlPlane } }: Ctx): Promise<Reading> {
  const api = await client.get<string>('/metrics');
  const etcd = await (await fetch(`${controlPlane?.etcd}/metrics`)).text();
  const patches = ['verb="PATCH"', 'resource="nodes"', 'subresource=""'];
  return {
    at: performance.now(),
    nodePatches: sumOf(api, 'apiserver_request_total', patches),
    apiserverCpu: sumOf(api, 'process_cpu_seconds_total'),
    etcdCpu: sumOf(etcd, 'process_cpu_seconds_total'),
    etcdInUse: sumOf(etcd, 'etcd_mvcc_db_total_size_in_use_in_bytes'),
  };
}

/** What one reading has more than another, by the second. */
export function perSecond(before: Reading, after: Reading): Omit<Reading, 'at'> {
  const seconds = (after.at - before.at) / 1000;
  const rate = (of: (reading: Reading) => number): number => (of(after) - of(before)) / seconds;
  return {
    nodePatches: rate(({ nodePatches }) => nodePatches),
    apiserverCpu: rate(({ apiserverCpu }) => apiserverCpu),
    etcdCpu: rate(({ etcdCpu }) => etcdCpu),
    etcdInUse: rate(({ etcdInUse }) => etcdInUse),
  };
}
