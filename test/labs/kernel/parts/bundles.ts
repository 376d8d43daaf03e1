import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { run } from '../../../../scripts/making/run.ts';
import type { Entry } from './cpio.ts';

const REPOSITORY = join(import.meta.dirname, '../../../..');
const DIST = join(REPOSITORY, 'dist');
/** Some dependencies are CommonJS and call `require` for Node's own modules. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** The agent and temper-cli as an image holds them, and the guest's own program: for `/lab` of the guest. */
export async function bundles(folder: string, program: string): Promise<Entry[]> {
  run(process.execPath, ['scripts/build.ts'], { cwd: REPOSITORY });
  const runner = join(folder, 'runner.mjs');
  await build({
    entryPoints: [program],
    outfile: runner,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: REQUIRE },
    logLevel: 'warning',
  });
  const built = globSync(['agent.mjs', 'kube-config.mjs', 'cli/*.mjs'], { cwd: DIST }).map((path) => join(DIST, path));
  return [
    { path: 'lab/runner.mjs', kind: 'copy', source: runner },
    ...built.map((source) => ({ path: `lab/dist/${relative(DIST, source)}`, kind: 'copy', source }) as const),
  ];
}
