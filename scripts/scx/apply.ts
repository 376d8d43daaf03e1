import { type ApplyReport, readApply } from './apply-report.ts';
import { ScxError } from './errors.ts';
import { git } from './git.ts';
import { misfitsOf } from './misfits.ts';
import type { Patch } from './patches.ts';

/**
 * git, because by its manual it never ignores context (no fuzz), and it stays inside of the tree. It does move hunks by
 * lines, and says so. `--reject` makes it try all hunks of a file and not stop at the first.
 */
const APPLY = ['apply', '--verbose', '--reject', '--whitespace=nowarn', '-p1', '-'];

/** Applies what fits, wherever it does. @param tree of this patch alone: where hunks fail, their rejects are left there */
export function applyPatch(tree: string, patch: Patch): ApplyReport {
  const { stderr } = git(tree, APPLY, patch.text);
  return readApply(stderr);
}

/** Applies patches as they are: each hunk at the line that it names, with all of its context. @throws ScxError */
export function applyExactly(tree: string, patches: readonly Patch[]): void {
  for (const patch of patches) {
    const faults = describeFaults(patch, applyPatch(tree, patch));
    if (faults.length > 0) throw new ScxError('SCX04', `${patch.name}\n    ${faults.join('\n    ')}`);
  }
}

/** Why a patch did not go in as it is; empty where it did. Silence about a file is a fault, too. */
export function describeFaults({ files }: Pick<Patch, 'files'>, report: ApplyReport): string[] {
  const told = new Set([...report.whole, ...report.misfits.map(({ file }) => file)]);
  const misfits = misfitsOf(
    files.filter(({ path }) => told.has(path)),
    report,
  ).map(({ file, hunk, offset }) => {
    const { line, near } = files.find(({ path }) => path === file)?.hunks[hunk - 1] ?? { line: '?', near: '' };
    const where = `${file}, hunk ${hunk} at line ${line}${near === '' ? '' : ` (${near})`}`;
    return offset === null ? `${where}: fits nowhere` : `${where}: fits only ${lines(offset)}`;
  });
  const silent = files.filter(({ path }) => !told.has(path)).map(({ path }) => `${path}: not applied`);
  return [...misfits, ...report.other, ...silent];
}

const lines = (offset: number): string =>
  `${Math.abs(offset)} ${Math.abs(offset) === 1 ? 'line' : 'lines'} further ${offset > 0 ? 'down' : 'up'}`;
