// Types, lint and format. `--fix` writes what can be mended by itself.
import { spawnSync } from 'node:child_process';

const fix = process.argv.includes('--fix');
const bin = (path: string): string => `node_modules/${path}`;

const steps: ReadonlyArray<readonly [name: string, args: readonly string[]]> = [
  ['biome', [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', ...(fix ? ['--write'] : [])]],
  ['tsc', [bin('typescript/bin/tsc'), '--project', 'tsconfig.json']],
];

let failed = 0;
for (const [name, args] of steps) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  process.stderr.write(`check: ${name} ${status === 0 ? 'ok' : 'FAILED'}\n`);
  if (status !== 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
