import type { ErrorId } from '../../src/model/errors.ts';
import type { FileText } from '../host/file-text.ts';
import type { GateFacts, ProcessFacts } from './facts.ts';
import type { Verdict } from './gate.ts';

/** What a check finds. `remedy` replaces the one of the errors table, where the case is a particular one. */
export interface Finding {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly remedy?: string;
}

/** One question to the facts, about the machine. Pure. */
export interface Check {
  readonly id: ErrorId;
  readonly name: string;
  judge(facts: GateFacts): Finding;
}

/** One question about this process: whether it may do, and has, what it takes. */
export interface ProcessCheck {
  readonly id: ErrorId;
  readonly name: string;
  judge(process: ProcessFacts, facts: GateFacts): Finding;
}

export function pass(reason: string): Finding {
  return { verdict: 'pass', reason };
}

export function warn(reason: string, remedy?: string): Finding {
  return { verdict: 'warn', reason, ...(remedy !== undefined && { remedy }) };
}

export function fail(reason: string, remedy?: string): Finding {
  return { verdict: 'fail', reason, ...(remedy !== undefined && { remedy }) };
}

/** What is wrong with a file that was to be read, in words that follow its name. */
export function notRead(file: Exclude<FileText, { kind: 'text' }>): string {
  return file.kind === 'absent' ? 'is not there' : `is not readable (${file.why})`;
}

/** '1 core', '2 cores'. */
export function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
