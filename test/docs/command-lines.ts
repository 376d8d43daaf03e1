import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { SETTINGS as AGENT } from '../../agent/config/settings.ts';
import { VALUES } from '../../scripts/chart/values.ts';
import { flagName } from '../../src/config/setting.ts';
import { SETTINGS as SERVICE } from '../../src/service/config/settings.ts';
import { run } from '../cli/harness.ts';

/** What is wrong with a command line, empty where nothing is. It is parsed by what would parse it, and not run. */
type Check = (args: readonly string[]) => Promise<string> | string;

/** Verbs with the flags that the pages may use; a flag that takes no value is in SWITCHES. */
const HELM: Readonly<Record<string, string>> = {
  install: '--namespace --create-namespace --set --set-string --wait --timeout',
  upgrade: '--namespace --reset-then-reuse-values --reuse-values --set --set-string --wait --timeout',
  rollback: '--namespace --wait --timeout',
  uninstall: '--namespace --wait --timeout --no-hooks',
  history: '--namespace',
  test: '--namespace --timeout',
};

const KUBECTL: Readonly<Record<string, string>> = {
  annotate: '--overwrite --all --selector',
  create: '--namespace --image --replicas',
  delete: '--namespace',
  get: '--namespace -n -o --selector --field-selector',
  label: '--overwrite',
  logs: '-n --tail --selector --container --prefix',
  patch: '--namespace --type --patch',
  'port-forward': '--namespace -n',
  rollout: '--namespace -n --timeout',
  scale: '-n --replicas',
  set: '--namespace --requests',
  version: '',
};

const SWITCHES = new Set(
  '--create-namespace --wait --reset-then-reuse-values --reuse-values --no-hooks --overwrite --all --prefix'.split(' '),
);

/** Words without flags, and the flags with their values; an unknown flag is the problem. */
function parse(args: readonly string[], known: string): { words: string[]; flags: Array<[string, string]> } | string {
  const words: string[] = [];
  const flags: Array<[string, string]> = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (!arg.startsWith('-')) {
      words.push(arg);
      continue;
    }
    const [, flag = arg, own] = /^(--[a-z-]+)=(.*)$/s.exec(arg) ?? [];
    if (!known.split(' ').includes(flag)) return `${flag} is not known here`;
    flags.push([flag, own ?? (SWITCHES.has(flag) ? '' : (args[++at] ?? ''))]);
  }
  return { words, flags };
}

/** kubectl's and helm's flags may stand before the verb. */
function verbOf(args: readonly string[]): [verb: string, rest: string[]] {
  const leading = args[0] === '-n' ? 2 : 0;
  return [args[leading] ?? '', [...args.slice(0, leading), ...args.slice(leading + 1)]];
}

const helm: Check = (args) => {
  const [verb, rest] = verbOf(args);
  const known = HELM[verb];
  if (known === undefined) return verb === 'version' ? '' : `no verb ${verb}`;
  const parsed = parse(rest, known);
  if (typeof parsed === 'string') return parsed;
  const [release, chart] = parsed.words;
  if (release !== 'temper') return `the release is called temper, not ${release}`;
  if ((verb === 'install' || verb === 'upgrade') && chart !== 'charts/temper') return `no chart ${chart}`;
  const values = load(readFileSync('charts/temper/values.yaml', 'utf8')) as Record<string, unknown>;
  for (const [flag, text] of parsed.flags) if (flag.startsWith('--set')) set(values, text, flag === '--set-string');
  const { error } = VALUES.safeParse(values);
  const [issue] = error?.issues ?? [];
  return issue === undefined ? '' : `${issue.path.join('.')}: ${issue.message}`;
};

/** As helm reads `--set`: what looks like a boolean or a whole number is one; `{a,b}` is a list. */
function set(values: Record<string, unknown>, text: string, isString: boolean): void {
  const [, path = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  const keys = path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\', ''));
  const last = keys.pop() ?? '';
  let at = values;
  for (const key of keys) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[last] = isString ? withoutVariable(value) : typed(withoutVariable(value));
}

const withoutVariable = (text: string): string => text.replaceAll(/\$\w+/g, 'x');

function typed(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d+$/.test(text)) return Number(text);
  return /^\{.*\}$/.test(text) ? text.slice(1, -1).split(',') : text;
}

const kubectl: Check = (args) => {
  const [verb, rest] = verbOf(args);
  if (verb === 'temper') return temperCli(rest);
  const known = KUBECTL[verb];
  if (known === undefined) return `no verb ${verb}`;
  const parsed = parse(rest, known);
  if (typeof parsed === 'string') return parsed;
  const patch = parsed.flags.find(([flag]) => flag === '--patch')?.[1];
  if (patch !== undefined) JSON.parse(patch);
  return '';
};

/** Parsed by the program itself: it then fails for want of a cluster, and never with the exit code of a wrong usage. */
const temperCli: Check = async (args) => {
  const { code, stderr } = await run([
    ...args.filter((arg) => arg !== '--help').map(withoutVariable),
    '--kubeconfig',
    '/nowhere',
  ]);
  return code === 2 ? stderr : '';
};

const npm: Check = (args) => {
  const words = args.filter((arg) => arg !== '--silent');
  const script = words[0] === 'run' ? words[1] : words[0];
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  if (script === undefined || !(script in scripts)) return `no script ${script}`;
  const own = words.includes('--') ? words.slice(words.indexOf('--') + 1) : [];
  if (script === 'cli') return temperCli(own);
  const settings = { start: SERVICE, agent: AGENT }[script];
  if (settings === undefined) return '';
  const flags = new Set(Object.keys(settings).map((name) => `--${flagName(name)}`));
  return own.find((arg) => arg.startsWith('--') && !flags.has(arg)) ?? '';
};

/** Programs of the machine, which no table here knows. */
const any: Check = () => '';

const CHECKS: Readonly<Record<string, Check>> = {
  ...Object.fromEntries(
    'awk base64 curl docker echo export mkdir nsenter pgrep ps sort tail touch uniq'
      .split(' ')
      .map((name) => [name, any]),
  ),
  helm,
  kubectl,
  npm,
  'temper-cli': temperCli,
};

/** @returns what is wrong with a command of the documentation, empty where nothing is */
export async function wrongIn([program = '', ...args]: readonly string[]): Promise<string> {
  // A variable is set; what it is set to is a command of its own.
  if (/^\w+=/.test(program) && args.length === 0) return '';
  const check = CHECKS[program];
  return check === undefined ? `${program}: no check knows this program` : await check(args);
}
