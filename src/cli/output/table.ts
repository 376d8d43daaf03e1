/** Text in columns. */

export interface Column {
  readonly title: string;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
}

const GAP = '  ';

/** Rows under their titles, each column as wide as its widest cell; nothing trails. */
export function table(columns: readonly Column[], rows: ReadonlyArray<readonly string[]>): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => row.map(clean))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => width(line[index] ?? ''))));
  const aligned = lines.map((line) =>
    columns
      .map(({ align }, index) => pad(line[index] ?? '', widths[index] ?? 0, align ?? 'left'))
      .join(GAP)
      .trimEnd(),
  );
  return `${aligned.join('\n')}\n`;
}

/**
 * A row whose cell `at` is folded at `width` characters: what does not fit follows in rows that are empty but for it.
 *
 * @param width infinite where nothing is to be folded
 */
export function folded(row: readonly string[], at: number, width: number): string[][] {
  const [first = '', ...rest] = fold(clean(row[at] ?? ''), width);
  return [row.with(at, first), ...rest.map((line) => row.map((_, index) => (index === at ? line : '')))];
}

/** Text in lines of at most `width` characters, broken between words; a word that is longer is broken anywhere. */
export function fold(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return [...lines, line];
}

/** Names with their values, one a line. */
export function facts(entries: ReadonlyArray<readonly [name: string, value: string]>): string {
  const widest = Math.max(0, ...entries.map(([name]) => width(name)));
  return entries.map(([name, value]) => `${pad(name, widest, 'left')}${GAP}${clean(value)}\n`).join('');
}

/** Text from a node in one line without what a terminal would obey: escape sequences, bells, overrides of direction. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function pad(text: string, to: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, to - width(text)));
  return align === 'left' ? text + space : space + text;
}

function width(text: string): number {
  return [...text].length;
}
