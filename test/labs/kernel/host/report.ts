import type { Figure, Outcome } from './outcome.ts';

/**
 * What is printed at the end: a line for each case with its figures below it, and the sum as the last line.
 *
 * @param leftOut cases that did not run, each with the reason
 */
export function report(outcomes: readonly Outcome[], leftOut: readonly string[]): string {
  const passed = outcomes.filter((one) => one.passed).length;
  const width = Math.max(4, ...outcomes.map(({ name }) => name.length));
  const row = (name: string, state: string, ...times: string[]): string =>
    [name.padEnd(width), state.padEnd(6), ...times.map((time) => time.padStart(9))].join('  ');
  return [
    row('case', 'state', 'guest', 'real', 'CPU'),
    ...outcomes.flatMap(({ name, passed: good, took, figures }) => [
      row(name, good ? 'passed' : 'FAILED', seconds(took.guest), seconds(took.real), seconds(took.cpu)),
      ...figures.map((figure) => `    ${tellFigure(figure)}`),
    ]),
    ...outcomes.filter((one) => !one.passed).map(({ name }) => `failed: ${name}`),
    ...leftOut.map((one) => `not run: ${one}`),
    `${passed} passed, ${outcomes.length - passed} failed`,
  ].join('\n');
}

/** Four digits say all that an emulated figure knows. */
export function tellFigure({ name, value, unit }: Figure): string {
  return `${name}: ${Number(value.toPrecision(4))} ${unit}`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
