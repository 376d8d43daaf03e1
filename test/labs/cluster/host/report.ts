import { type Figure, seconds, tellFigure } from '../../telling.ts';

export interface Outcome {
  readonly name: string;
  readonly ms: number;
  /** Empty where it passed. */
  readonly problems: readonly string[];
  readonly figures: readonly Figure[];
}

/**
 * What is printed at the end: a line for each case with its figures below it, and the sum as the last line.
 *
 * @param leftOut cases that did not run, each with the reason
 */
export function report(outcomes: readonly Outcome[], leftOut: readonly string[]): string {
  const failed = outcomes.filter(({ problems }) => problems.length > 0);
  const width = Math.max(4, ...outcomes.map(({ name }) => name.length));
  const row = (name: string, state: string, time: string): string =>
    [name.padEnd(width), state.padEnd(6), time.padStart(8)].join('  ');
  return [
    row('case', 'state', 'time'),
    ...outcomes.flatMap(({ name, ms, problems, figures }) => [
      row(name, problems.length === 0 ? 'passed' : 'FAILED', seconds(ms)),
      ...figures.map((figure) => `    ${tellFigure(figure)}`),
    ]),
    ...failed.map(({ name }) => `failed: ${name}`),
    ...leftOut.map((one) => `not run: ${one}`),
    `${outcomes.length - failed.length} passed, ${failed.length} failed`,
  ].join('\n');
}
