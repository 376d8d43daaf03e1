import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startOf } from './up-state.ts';

/** Of one run: logs, certificates, files of failed cases. Named by its process, and by the time for people. */
export function runFolder(cache: string): string {
  const runs = join(cache, 'runs');
  mkdirSync(runs, { recursive: true });
  sweep(runs);
  const folder = join(runs, `${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${process.pid}`);
  mkdirSync(folder);
  return folder;
}

/** Nobody reads the data of a run that was killed; its logs stay. */
function sweep(runs: string): void {
  for (const name of readdirSync(runs)) {
    const pid = Number(/-(\d+)$/.exec(name)?.[1]);
    if (startOf(pid) === null) rmSync(join(runs, name, 'etcd'), { recursive: true, force: true });
  }
}
