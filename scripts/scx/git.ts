import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { ScxError } from './errors.ts';

/**
 * Git on a folder that is no repository, whatever is around it and whatever its user has set. In a repository, such as a
 * home folder that is one, `git apply` would take paths to be below its root and pass them over without a word.
 */
export function git(folder: string, args: readonly string[], input = ''): SpawnSyncReturns<string> {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const done = spawnSync('git', args, {
    cwd: folder,
    input,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: {
      ...Object.fromEntries(clean),
      LC_ALL: 'C',
      GIT_CEILING_DIRECTORIES: dirname(folder),
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
    },
  });
  if (done.error !== undefined) throw new ScxError('SCX07', `git (${done.error.message})`);
  return done;
}
