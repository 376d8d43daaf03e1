export type TableRow = Readonly<Record<string, string>>;

/** The rows of the first table after a heading of a Markdown page, by column. */
export function tableAfter(page: string, heading: string): TableRow[] {
  const lines = page.slice(page.indexOf(`${heading}\n`)).split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  const cellsOf = (line: string): string[] =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
  const [head = [], , ...rows] = lines.slice(start, end === -1 ? undefined : end).map(cellsOf);
  return rows.map((cells) => Object.fromEntries(head.map((name, column) => [name, cells[column] ?? ''])));
}
