import type { AgentStatus } from '../status.ts';
import type { GateReport } from './gate.ts';

/** Checks that fail where another one fails, for the same cause. */
const FOLLOWS: Readonly<Record<string, string>> = {
  'sched-class-ext': 'sched-ext',
  'hotplug-seq': 'sched-ext',
  'scheduler-free': 'sched-ext',
};

/** What the node's status says of a shut gate: `unsupported: CPU 3 offline`; null where the node may enforce. */
export function gateSummary({ checks, refusal }: GateReport): AgentStatus | null {
  if (refusal === null) return null;
  const failed = checks.filter(({ verdict }) => verdict === 'fail');
  const names = new Set(failed.map(({ check }) => check));
  const causes = failed.filter(({ check }) => !names.has(FOLLOWS[check] ?? '')).map(({ reason }) => reason);
  const more = new Set(causes).size - 1;
  return { word: 'unsupported', reason: more > 0 ? `${refusal} (and ${more} more)` : refusal };
}
