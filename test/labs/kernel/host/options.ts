import { parseArgs } from 'node:util';
import { CannotRun } from '../../../../scripts/making/cannot-run.ts';

export interface LabOptions {
  /** Only cases with this in their name; a regular expression. */
  readonly pattern: RegExp | null;
  /** Keep the files of cases that passed, too. */
  readonly keep: boolean;
  /** A shell in the guest instead of cases. */
  readonly shell: boolean;
  /** Instead of what each case asks for. */
  readonly cpus: number | null;
  /** Guests side by side; null for as many as this machine is good for. */
  readonly jobs: number | null;
  readonly kernel: string | null;
  /** `stock`, `patched` or a path, instead of what each case asks for. */
  readonly scx: string | null;
  /** Whether each emulated CPU has a thread of this machine, and the guest this machine's clock. */
  readonly isThreaded: boolean;
  readonly long: boolean;
  readonly seed: number;
  /** Of each case, in guests that nothing else runs in, with the seeds from `seed` on. */
  readonly boots: number;
  readonly list: boolean;
}

export const USAGE = `npm run lab:kernel -- [options]
  -k PATTERN      only cases whose name matches; several for "or"
  --list          the cases, without running them
  --long          the long forms as well
  --seed N        for what chance decides (1)
  --boots N       so many guests, each with the next seed, one after the other on each job (1)
  --cpus N        CPUs of the guest, instead of what each case asks for
  --jobs N        guests side by side (one for each CPU of this machine, as far as memory allows)
  --kernel WHICH  6.16, 6.17, 6.18 (Debian's of that version), or the path of a kernel image with its config beside it
  --scx WHICH     stock, patched, or the path of a scheduler, instead of what each case asks for
  --threads multi one emulating thread for each CPU, for races: time-outs are then this machine's, which must not be busy
  --keep          keep the files of cases that pass, too
  --shell         a shell in the guest; Ctrl-A X ends it`;

/** @throws CannotRun for flags that are not understood */
export function readOptions(args: readonly string[]): LabOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        k: { type: 'string', short: 'k', multiple: true },
        list: { type: 'boolean', default: false },
        long: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        boots: { type: 'string', default: '1' },
        threads: { type: 'string', default: 'single' },
        cpus: { type: 'string' },
        jobs: { type: 'string' },
        kernel: { type: 'string' },
        scx: { type: 'string' },
        keep: { type: 'boolean', default: false },
        shell: { type: 'boolean', default: false },
      },
    });
    return {
      ...values,
      pattern: values.k === undefined ? null : new RegExp(values.k.join('|')),
      seed: whole(values.seed),
      boots: whole(values.boots),
      isThreaded: oneOf(['single', 'multi'], values.threads) === 'multi',
      cpus: values.cpus === undefined ? null : whole(values.cpus),
      jobs: values.jobs === undefined ? null : whole(values.jobs),
      kernel: values.kernel ?? null,
      scx: values.scx ?? null,
    };
  } catch (error) {
    throw new CannotRun(`${(error as Error).message}\n${USAGE}`);
  }
}

function oneOf(words: readonly string[], text: string): string {
  if (!words.includes(text)) throw new Error(`${text} is none of ${words.join(', ')}`);
  return text;
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${text} is no whole number above 0`);
  return Number(text);
}
