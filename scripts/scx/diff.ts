/** One place that a patch changes. */
export interface Hunk {
  /** In its file, from 1. */
  readonly number: number;
  /** Of the file before. */
  readonly line: number;
  /** Its first line in the file after, by what it says and by what the hunks before it have added. */
  readonly after: readonly [said: number, counted: number];
  /** The function or block that it is in, as diff saw it; empty where it saw none. */
  readonly near: string;
  readonly added: number;
  readonly removed: number;
}

export interface ChangedFile {
  readonly path: string;
  readonly hunks: readonly Hunk[];
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;

/** The files that a patch with `a/` and `b/` changes. What git says of a diff that is damaged is not said again here. */
export function readDiff(text: string): ChangedFile[] {
  const lines = text.split('\n');
  const files: Array<{ path: string; hunks: Hunk[] }> = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const after = lines[at + 1] ?? '';
    const file = files.at(-1);
    if (file !== undefined && HUNK.test(line)) {
      const { hunk, next } = readHunk(lines, at, file.hunks);
      file.hunks.push(hunk);
      at = next;
    } else if (line.startsWith('--- ') && after.startsWith('+++ ')) {
      const names = [after.slice(4), line.slice(4)];
      files.push({ path: pathIn(names.find((name) => !name.startsWith('/dev/null')) ?? ''), hunks: [] });
      at += 2;
    } else {
      at++;
    }
  }
  return files;
}

const pathIn = (name: string): string => name.replace(/\t.*$/, '').replace(/^[ab]\//, '');

/** Goes through its lines by their number, so that none of them is taken for a header. @returns also where it ends */
function readHunk(lines: readonly string[], from: number, before: readonly Hunk[]): { hunk: Hunk; next: number } {
  const [, start, old = '1', said, young = '1', near = ''] = HUNK.exec(lines[from] ?? '') ?? [];
  let [at, left, right, added, removed] = [from + 1, Number(old), Number(young), 0, 0];
  for (; (left > 0 || right > 0) && at < lines.length; at++) {
    const mark = lines[at]?.[0] ?? ' ';
    if (mark === '\\') continue;
    if (mark === '+') added++;
    else left--;
    if (mark === '-') removed++;
    else right--;
  }
  const grown = before.reduce((sum, hunk) => sum + hunk.added - hunk.removed, 0);
  // Where a side has no lines, its number is that of the line before.
  const first = (number: string | undefined, count: string): number => Number(number) + (count === '0' ? 1 : 0);
  const counted = first(start, old) + grown;
  const after = [first(said, young), counted] as const;
  return { hunk: { number: before.length + 1, line: Number(start), after, near, added, removed }, next: at };
}

const NOT_TEXT = ['GIT binary patch', 'Binary files ', 'rename from ', 'copy from ', 'old mode '];

/** What a patch of this series may not have, beside what git refuses. */
export function diffFaults(text: string): string[] {
  const files = readDiff(text);
  if (files.length === 0) return ['it changes nothing'];
  const lines = text.split('\n');
  return [
    ...files.filter(({ hunks }) => hunks.length === 0).map(({ path }) => `no hunk for ${path}`),
    ...files.flatMap(({ path, hunks }) =>
      hunks
        .filter(({ after: [said, counted] }) => said !== counted)
        .map(({ number, after }) => `${path}, hunk ${number}: its line after is ${after[1]}, not ${after[0]}`),
    ),
    ...NOT_TEXT.filter((kind) => lines.some((line) => line.startsWith(kind))).map(
      (kind) => `"${kind.trim()}": only changes of text are taken`,
    ),
  ];
}
