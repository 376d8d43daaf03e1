import { parseArgs } from 'node:util';
import { CannotRun } from '../../../../scripts/making/cannot-run.ts';

export const VERBS = ['run', 'up', 'down', 'status', 'kubeconfig', 'build'] as const;
export type Verb = (typeof VERBS)[number];

export interface LabOptions {
  readonly verb: Verb;
  /** Only cases with this in their name; a regular expression. */
  readonly pattern: RegExp | null;
  readonly list: boolean;
  /** Also the cases that not each run has. */
  readonly long: boolean;
  /** Keep the files of cases that passed, too. */
  readonly keep: boolean;
}

export const USAGE = `npm run lab:cluster -- [verb] [options]
  (no verb)       a control plane of its own, all cases on it, and its end
  up              a control plane that stays until it is told to go
  down            ends it and removes its files
  status          what of it runs
  kubeconfig      the path of its kubeconfig
  build           only gets and builds what is missing, and says where it is

  -k PATTERN      only cases whose name matches; several for "or"
  --long          also the cases that not each run has; -k finds them, too
  --list          the cases, without running them
  --keep          keep the files of cases that pass, too`;

/** @throws CannotRun for words that are not understood */
export function readOptions(args: readonly string[]): LabOptions {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        k: { type: 'string', short: 'k', multiple: true },
        long: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    });
    const [word = 'run', ...more] = positionals;
    const verb = VERBS.find((one) => one === word);
    if (verb === undefined || more.length > 0) throw new Error(`${positionals.join(' ')} is no verb`);
    const pattern = values.k === undefined ? null : new RegExp(values.k.join('|'));
    return { verb, pattern, long: values.long, list: values.list, keep: values.keep };
  } catch (error) {
    throw new CannotRun(`${(error as Error).message}\n${USAGE}`);
  }
}
