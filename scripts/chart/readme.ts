import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';

/** One value of the chart, as values.yaml tells of it. */
export interface ChartValue {
  readonly path: string;
  readonly fallback: unknown;
  readonly help: string;
}

/**
 * The values with the comments above them that begin with `--`. A value without one is described by the nearest above it.
 *
 * @param text of values.yaml
 */
export function chartValues(text: string): ChartValue[] {
  const values = load(text) as Record<string, unknown>;
  const found: ChartValue[] = [];
  const path: Array<{ readonly indent: number; readonly key: string }> = [];
  let comment = '';
  for (const line of text.split('\n')) {
    const said = /^\s*# -- (.*)$/.exec(line)?.[1];
    if (said !== undefined) comment = said;
    const match = /^( *)([\w./-]+):/.exec(line);
    if (match === null) continue;
    const [, spaces = '', key = ''] = match;
    while ((path.at(-1)?.indent ?? -1) >= spaces.length) path.pop();
    path.push({ indent: spaces.length, key });
    if (comment === '') continue;
    const keys = path.map((part) => part.key);
    found.push({ path: keys.join('.'), fallback: at(values, keys), help: comment });
    comment = '';
  }
  return found;
}

function at(values: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], values);
}

/** The leaves of the values: what is no mapping, and mappings that are described as a whole. */
export function undescribed(values: unknown, described: ReadonlySet<string>, path = ''): string[] {
  if (described.has(path)) return [];
  const isMapping = typeof values === 'object' && values !== null && !Array.isArray(values);
  if (!isMapping) return [path];
  return Object.entries(values).flatMap(([key, value]) =>
    undescribed(value, described, path === '' ? key : `${path}.${key}`),
  );
}

/** The text of the chart's README.md. */
export function chartReadme(): string {
  const text = readFileSync('charts/temper/values.yaml', 'utf8');
  const intro = readFileSync('charts/temper/README.head.md', 'utf8').trimEnd();
  const rows = chartValues(text).map(({ path, fallback, help }) => {
    return `| \`${path}\` | \`${JSON.stringify(fallback)}\` | ${help.replaceAll('|', '\\|')} |`;
  });
  return `${[intro, '## Values', ['| Value | Default | Meaning |', '| --- | --- | --- |', ...rows].join('\n')].join('\n\n')}\n`;
}
