import { execFile } from 'node:child_process';
import type { Matching } from './scheduler/scheduler.ts';

/** What the scheduler's binary says of itself. */
export interface BinaryProbe {
  /** E.g. `1.1.4`; null where it does not say. */
  readonly version: string | null;
  /** By cgroup id only where the flag of the patches is there; anything else is taken for a stock binary. */
  readonly matching: Matching;
  /** Whether it can load beside another and attach when that one is gone. */
  readonly canStandBy: boolean;
  /** Whether turns are shorter in a crowd, so that a thread among thousands does not wait for as long as the kernel allows. */
  readonly hasShortTurns: boolean;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 65_536;

/** Asks the binary, without loading anything. Never rejects: one that cannot be asked is the gate's to refuse. */
export async function probeBinary(program: string): Promise<BinaryProbe> {
  const [version, help] = await Promise.all([ask(program, '--version'), ask(program, '--help')]);
  return readProbe(version, help);
}

/** Pure: the texts as the binary wrote them. */
export function readProbe(version: string, help: string): BinaryProbe {
  return {
    version: /\b\d+\.\d+\.\d+[\w.+-]{0,60}/.exec(version)?.[0] ?? null,
    matching: knows(help, '--members') ? 'membership' : 'prefixes',
    canStandBy: knows(help, '--standby'),
    hasShortTurns: knows(help, '--crowd-round-ms'),
  };
}

/** A flag is one where a line begins with it; one that is only spoken of is not. */
function knows(help: string, flag: string): boolean {
  return new RegExp(`^\\s*${flag}(?![\\w-])`, 'm').test(help);
}

/** Its version comes on stdout, its help on stderr and with an exit code of 255. Who does not end by himself has said nothing. */
function ask(program: string, flag: string): Promise<string> {
  return new Promise((resolve) => {
    const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_BYTES, killSignal: 'SIGKILL' } as const;
    execFile(program, [flag], options, (error, stdout, stderr) => {
      const hasEnded = error === null || typeof error.code === 'number';
      resolve(hasEnded ? `${stdout}\n${stderr}` : '');
    });
  });
}
