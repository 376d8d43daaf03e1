import { createHash } from 'node:crypto';
import type { Workload } from '../src/model/workload.ts';

/**
 * Whether a workload is among the given percentage. The answer depends on the workload's name alone:
 * it is the same on each replica, after each restart and for each new ReplicaSet of a Deployment, and
 * a workload that is in stays in when the percentage grows.
 */
export function isWithin(percentage: number, namespace: string, { kind, name }: Workload): boolean {
  if (percentage >= 100) return true;
  if (percentage <= 0) return false;
  const digest = createHash('sha256').update(`${namespace}/${kind}/${name}`).digest();
  return (digest.readUInt32BE(0) / 2 ** 32) * 100 < percentage;
}
