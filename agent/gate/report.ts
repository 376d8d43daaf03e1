import type { AgentStatus } from '../status.ts';
import type { GateReport } from './gate.ts';

/** What the node's status says of a shut gate: `unsupported: CPU 3 offline`; null where the node may enforce. */
export function gateSummary({ checks, refusal }: GateReport): AgentStatus | null {
  if (refusal === null) return null;
  const more = checks.filter(({ verdict }) => verdict === 'fail').length - 1;
  return { word: 'unsupported', reason: more > 0 ? `${refusal} (and ${more} more)` : refusal };
}
