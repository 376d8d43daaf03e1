import type { ErrorId } from '../model/errors.ts';

/** Exit codes, the same in every output form: docs/reference/cli.md. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  /** Checks failed, or the node is degraded or unsupported. */
  checks: 3,
  unauthenticated: 4,
  forbidden: 5,
  timeout: 6,
  /** Something else must change first. */
  blocked: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_ID: Partial<Record<ErrorId, ExitCode>> = {
  TMP3201: EXIT.usage,
  TMP3202: EXIT.timeout,
  TMP3205: EXIT.blocked,
  TMP3207: EXIT.blocked,
  TMP3208: EXIT.blocked,
  TMP3209: EXIT.blocked,
  TMP3212: EXIT.blocked,
  TMP3221: EXIT.usage,
  TMP3224: EXIT.unauthenticated,
  TMP3225: EXIT.forbidden,
  TMP3226: EXIT.timeout,
  TMP3227: EXIT.interrupted,
  TMP3231: EXIT.checks,
  TMP3232: EXIT.blocked,
  TMP3233: EXIT.checks,
};

/** The exit code that an error ends the command with. */
export function exitOf(id: ErrorId): ExitCode {
  return BY_ID[id] ?? EXIT.failure;
}
