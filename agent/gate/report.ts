import { ERRORS, type ErrorId } from '../../src/model/errors.ts';
import type { AgentStatus } from '../status.ts';
import type { GateCheck, GateReport } from './gate.ts';

/** What the node's status says of a shut gate: `unsupported: CPU 3 offline`; null where the node may enforce. */
export function gateSummary({ checks, refusal }: GateReport): AgentStatus | null {
  if (refusal === null) return null;
  const more = checks.filter(({ verdict }) => verdict === 'fail').length - 1;
  return { word: 'unsupported', reason: more > 0 ? `${refusal} (and ${more} more)` : refusal };
}

/** The report as `temper-cli check -o json` prints it. */
export interface GateJson {
  readonly mayEnforce: boolean;
  readonly refusal: string | null;
  readonly checks: readonly (GateCheck & { readonly title: string | null })[];
}

/** @returns checks in the order in which they were asked, each with the title of its page in docs/reference/errors.md */
export function gateJson({ checks, refusal }: GateReport): GateJson {
  return {
    mayEnforce: refusal === null,
    refusal,
    checks: checks.map((check) => ({ ...check, title: titleOf(check.id) })),
  };
}

/** A report may come from an agent of another version, with checks that this one does not know. */
function titleOf(id: string): string | null {
  return id in ERRORS ? ERRORS[id as ErrorId].title : null;
}
