import { seconds, tellFigure } from '../../telling.ts';
import type { Outcome, State } from './outcome.ts';

/**
 * What is printed at the end: a line for each case with its figures below it, and the sum as the last line.
 *
 * @param leftOut cases that did not run, each with the reason
 */
export function report(outcomes: readonly Outcome[], leftOut: readonly string[]): string {
  const count = (wanted: State): number => outcomes.filter(({ state }) => state === wanted).length;
  const width = Math.max(4, ...outcomes.map(({ name }) => name.length));
  const row = (name: string, state: string, ...times: string[]): string =>
    [name.padEnd(width), state.padEnd(6), ...times.map((time) => time.padStart(9))].join('  ');
  return [
    row('case', 'state', 'guest', 'real', 'CPU'),
    ...outcomes.flatMap(({ name, state, took, figures }) => [
      row(
        name,
        state === 'passed' ? state : state.toUpperCase(),
        seconds(took.guest),
        seconds(took.real),
        seconds(took.cpu),
      ),
      ...figures.map((figure) => `    ${tellFigure(figure)}`),
    ]),
    ...outcomes.filter(({ state }) => state !== 'passed').map(({ name, state }) => `${state}: ${name}`),
    ...leftOut.map((one) => `not run: ${one}`),
    `${count('passed')} passed, ${count('failed')} failed${count('lost') === 0 ? '' : `, ${count('lost')} lost to a known fault of the emulator`}`,
  ].join('\n');
}
