import { join } from 'node:path';
import { git } from './git.ts';

export interface Change {
  readonly path: string;
  readonly added: number;
  readonly removed: number;
  /** It is there on one side only. */
  readonly only: 'before' | 'after' | null;
}

const NOWHERE = '/dev/null';

/** Reads `git diff --numstat -z` of two folders: counts, and both names, each with its folder. Of binary files no counts. */
export function readNumstat(output: string): Change[] {
  const parts = output.split('\0');
  const changes: Change[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [added, removed] = (parts[at] ?? '').split('\t').map((count) => Number(count) || 0);
    const [before = '', after = ''] = parts.slice(at + 1);
    const path = (after === NOWHERE ? before : after).replace(/^[^/]+\//, '');
    const only = before === NOWHERE ? 'after' : after === NOWHERE ? 'before' : null;
    changes.push({ path, added: added ?? 0, removed: removed ?? 0, only });
  }
  return changes;
}

/** What differs between two folders beside each other. */
export function compareTrees(parent: string, before: string, after: string): Change[] {
  const { stdout, status, stderr } = git(parent, [
    'diff',
    '--no-index',
    '--no-ext-diff',
    '--no-renames',
    '--numstat',
    '-z',
    before,
    after,
  ]);
  if (status !== 0 && status !== 1) throw new Error(`git diff of ${join(parent, before)}: ${stderr}`);
  return readNumstat(stdout);
}
