/** What `git apply --reject --verbose` says about a hunk that is not exactly where it says. */
export interface Misfit {
  readonly file: string;
  readonly hunk: number;
  /** By so many lines, as git counts; null: fits nowhere. */
  readonly offset: number | null;
}

export interface ApplyReport {
  /** Files all of whose hunks were applied, at whatever line. */
  readonly whole: readonly string[];
  readonly misfits: readonly Misfit[];
  /** What else it said: damaged, no such file. */
  readonly other: readonly string[];
}

/** Lines of the patch that it looked for, and in which hunk: said again as rejected. */
const SEARCHED = /^error: while searching for:\n[\s\S]*?^error: patch failed: .+:\d+\n/gm;

interface Growing {
  /** Of which it speaks. */
  file: string;
  whole: string[];
  misfits: Misfit[];
}

type Form = readonly [pattern: RegExp, take: (growing: Growing, word: string, offset: string) => void];

const FORMS: readonly Form[] = [
  [/^Checking patch (.+)\.\.\.$/, (growing, file) => Object.assign(growing, { file })],
  [/^Applying patch (.+) with \d+ rejects?\.\.\.$/, (growing, file) => Object.assign(growing, { file })],
  [/^Applied patch (.+) cleanly\.$/, ({ whole }, file) => whole.push(file)],
  [/^Hunk #\d+ applied cleanly\.$/, () => {}],
  [/^Rejected hunk #(\d+)\.$/, ({ file, misfits }, hunk) => misfits.push({ file, hunk: Number(hunk), offset: null })],
  [
    /^Hunk #(\d+) succeeded at \d+ \(offset (-?\d+) lines?\)\.$/,
    ({ file, misfits }, hunk, offset) => misfits.push({ file, hunk: Number(hunk), offset: Number(offset) }),
  ],
];

/** A line that it does not know is never passed over: what it says may be that something was left out. */
export function readApply(output: string): ApplyReport {
  const growing: Growing = { file: '', whole: [], misfits: [] };
  const other: string[] = [];
  for (const line of output.replaceAll(SEARCHED, '').split('\n')) {
    const [pattern, take] = FORMS.find(([form]) => form.test(line)) ?? [];
    const [, word = '', offset = ''] = pattern?.exec(line) ?? [];
    if (take !== undefined) take(growing, word, offset);
    else if (line !== '') other.push(line);
  }
  return { whole: growing.whole, misfits: growing.misfits, other };
}
