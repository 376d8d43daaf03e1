import { spread } from '../kernel/statistics.ts';

/** Tables of the record. */

export type Row = Readonly<Record<string, string>>;

export function table(rows: readonly Row[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map((column) => row[column] ?? ''))),
  ].join('\n');
}

/** The middle one of the rounds, and the least and the most where there are several. */
export function spreadText(values: readonly number[], digits = 0, unit = ''): string {
  const found = spread(values);
  if (found === null) return '–';
  const text = (value: number): string => value.toFixed(digits);
  const range = values.length > 1 ? ` (${text(found.least)} to ${text(found.most)})` : '';
  return `${text(found.middle)}${unit}${range}`;
}
