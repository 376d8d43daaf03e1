import type { ApplyReport, Misfit } from './apply-report.ts';
import type { ChangedFile } from './diff.ts';

/**
 * The hunks that are not where they say, in the order of the patch, by the lines of the file before. git counts by those of
 * the file after, as if all hunks before had gone in: where one has not, what it would have added is missing in the count.
 */
export function misfitsOf(files: readonly ChangedFile[], { misfits }: Pick<ApplyReport, 'misfits'>): Misfit[] {
  return files.flatMap(({ path, hunks }) => {
    const said = new Map(misfits.filter(({ file }) => file === path).map(({ hunk, offset }) => [hunk, offset]));
    let missing = 0;
    return hunks.flatMap(({ number, added, removed }) => {
      const counted = said.get(number) ?? 0;
      const offset = said.get(number) === null ? null : counted + missing;
      if (offset === null) missing += added - removed;
      return offset === 0 ? [] : [{ file: path, hunk: number, offset }];
    });
  });
}
