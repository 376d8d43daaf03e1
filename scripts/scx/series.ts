import { ScxError } from './errors.ts';

const NAME = /^\d{4}-[a-z0-9]+(?:-[a-z0-9]+)*\.patch$/;

/** The names in a file as quilt has it, here always for `patch -p1`. @throws ScxError for a line that is none */
export function parseSeries(text: string): string[] {
  const names: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const name = line.replace(/(?:^|\s)#.*$/, '').trim();
    if (name === '') continue;
    const where = `line ${index + 1}, "${name}"`;
    if (!NAME.test(name)) throw new ScxError('SCX01', `${where}: not a name of the form 0001-what-it-does.patch`);
    const before = names.at(-1);
    if (before !== undefined && name.slice(0, 4) <= before.slice(0, 4))
      throw new ScxError('SCX01', `${where}: does not come after ${before}`);
    names.push(name);
  }
  return names;
}

/** @throws ScxError where the series and the files beside it are not the same patches */
export function sameNames(series: readonly string[], files: readonly string[]): void {
  const gone = series.filter((name) => !files.includes(name)).map((name) => `${name} is not there`);
  const stray = files.filter((name) => !series.includes(name)).map((name) => `${name} is not in the series`);
  if (gone.length + stray.length > 0) throw new ScxError('SCX02', [...gone, ...stray].join(', '));
}
