// Runs one kind of tests: `fast` (*.test.ts), `faults` (*.faults.ts) or `fuzz` (*.fuzz.ts). Further
// words keep only the files whose path holds one of them: `npm test -- quantity`.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const SUFFIX: Readonly<Record<string, string>> = { fast: 'test', faults: 'faults', fuzz: 'fuzz' };
/** A test that hangs fails: a fast one within seconds, one with real processes within minutes, fuzzing within an hour. */
const TIMEOUT_MS: Readonly<Record<string, number>> = { fast: 60_000, faults: 600_000, fuzz: 3_600_000 };

const [kind = 'fast', ...words] = process.argv.slice(2);
const suffix = SUFFIX[kind];
if (suffix === undefined) throw new Error(`unknown kind of tests: ${kind}`);

const files = globSync(`test/**/*.${suffix}.ts`)
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
  .sort();
if (files.length === 0) {
  console.error(`no *.${suffix}.ts file matches ${words.join(' ')}`);
  process.exit(1);
}

/** What measures, or loads the machine on purpose, does not share it with another file. The others wait for most of their time. */
const ALONE = /^test\/(cli|demo|service)\/|scan-cost/;
const isAlone = (path: string): boolean => kind !== 'fast' && (kind !== 'faults' || ALONE.test(path));

for (const [concurrency, part] of [
  [kind === 'faults' ? 3 : 2, files.filter((path) => !isAlone(path))],
  [1, files.filter(isAlone)],
] as const) {
  if (part.length === 0) continue;
  const { status } = spawnSync(
    process.execPath,
    ['--test', `--test-concurrency=${concurrency}`, `--test-timeout=${TIMEOUT_MS[kind]}`, ...part],
    { stdio: 'inherit' },
  );
  process.exitCode = process.exitCode || (status ?? 1);
}
