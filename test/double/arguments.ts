import { readFileSync } from 'node:fs';

/** Flags of scx_layered 1.1.4 that take a value, and those that do not; any other ends it with exit code 255. */
const WITH_VALUE = new Set(
  (
    '--slice-us -s --max-exec-us -M --interval -i --exit-dump-len --log-level --disable-topology -t --antistall-sec --lo-fb-wait-us ' +
    '--lo-fb-share --task-hint-map --hi-fb-thread-name --run-id --virt-llc --kconfig --btf-custom-path --bpf-token-path --stats ' +
    '--monitor --example --layer-refresh-ms-avgruntime'
  ).split(' '),
);
const WITHOUT_VALUE = new Set(
  (
    '--allow-partial-core --disable-antistall --disable-queued-wakeup --disable-percpu-kthread-preempt ' +
    '--percpu-kthread-preempt-all --util-compensation --enable-match-debug --netdev-irq-balance -v -n --run-example --help-stats ' +
    '--layer-preempt-weight-disable --layer-growth-weight-disable --local-llc-iteration --enable-gpu-support'
  ).split(' '),
);
/** What the patches add. */
const PATCHED = new Set(['--members', '--max-members', '--standby']);

/** What it says of its flags, on stderr; it ends with 255 as for one that it does not know. */
export function helpText(isPatched: boolean): string {
  const flags = [...WITH_VALUE, ...WITHOUT_VALUE, ...(isPatched ? PATCHED : [])];
  return ['Usage: scx_layered [OPTIONS] [SPECS]...', '', ...flags.map((flag) => `      ${flag}`)].join('\n');
}

/** `free`: attaches as soon as nobody else is attached. `told`: is told first to look whether that is so. */
export type Standby = 'free' | 'told';

export interface Arguments {
  /** Texts of the configs, files read. */
  readonly configs: readonly string[];
  readonly membersFile: string | null;
  readonly standby: Standby | null;
}

/** @throws Error for a command line that the real one does not take (exit code 255), or a file that is not there (1) */
export function readArguments(argv: readonly string[], isPatched: boolean): Arguments {
  const configs: string[] = [];
  const values = new Map<string, string>();
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-')) {
      configs.push(configText(word));
      continue;
    }
    const [flag = '', own] = word.split('=');
    if (!takesValue(flag, isPatched)) continue;
    if (own === undefined) at += 1;
    values.set(flag, own ?? argv[at] ?? '');
  }
  return { configs, membersFile: values.get('--members') ?? null, standby: standbyOf(values.get('--standby')) };
}

function takesValue(flag: string, isPatched: boolean): boolean {
  if (WITH_VALUE.has(flag) || (isPatched && PATCHED.has(flag))) return true;
  if (WITHOUT_VALUE.has(flag)) return false;
  throw new Error(`unexpected argument '${flag}'`);
}

function standbyOf(value: string | undefined): Standby | null {
  if (value === undefined || value === 'free' || value === 'told') return value ?? null;
  throw new Error(`invalid value '${value}' for '--standby <STANDBY>'`);
}

function configText(word: string): string {
  const path = /^(?:f|file):(.*)$/.exec(word)?.[1];
  return path === undefined ? word : readFileSync(path, 'utf8');
}
