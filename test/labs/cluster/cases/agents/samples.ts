/**
 * The sum of a metric's samples that have these labels, in the text that Prometheus reads.
 *
 * @param labels as they are written there, e.g. `verb="PATCH"`
 */
export function sumOf(text: string, name: string, labels: readonly string[] = []): number {
  const isMeant = (line: string): boolean =>
    /[{ ]/.test(line[name.length] ?? '') && line.startsWith(name) && labels.every((label) => line.includes(label));
  return text
    .split('\n')
    .filter(isMeant)
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
