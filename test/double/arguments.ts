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
/** What the patches add: with a value, and without. */
const PATCHED = new Set(['--member-file']);
const STANDBY = '--standby';

export interface Arguments {
  /** Texts of the configs, files read. */
  readonly configs: readonly string[];
  readonly memberFile: string | null;
  readonly standsBy: boolean;
}

/** @throws Error for a command line that the real one does not take (exit code 255), or a file that is not there (1) */
export function readArguments(argv: readonly string[], isPatched: boolean): Arguments {
  const configs: string[] = [];
  let memberFile: string | null = null;
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-')) {
      configs.push(configText(word));
      continue;
    }
    const takesNext = takesValue(word, isPatched) && !word.includes('=');
    if (takesNext) at += 1;
    if (word === '--member-file') memberFile = argv[at] ?? null;
  }
  return { configs, memberFile, standsBy: argv.includes(STANDBY) };
}

function takesValue(word: string, isPatched: boolean): boolean {
  const [flag = ''] = word.split('=');
  if (WITH_VALUE.has(flag) || (isPatched && PATCHED.has(flag))) return true;
  if (WITHOUT_VALUE.has(flag) || (isPatched && flag === STANDBY)) return false;
  throw new Error(`unexpected argument '${flag}'`);
}

function configText(word: string): string {
  const path = /^(?:f|file):(.*)$/.exec(word)?.[1];
  return path === undefined ? word : readFileSync(path, 'utf8');
}
