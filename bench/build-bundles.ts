import { spawnSync } from 'node:child_process';

/** Makes the bundles that images hold, in dist/. */
export function buildBundles(): void {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build.ts'], { stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(String(stderr));
}
