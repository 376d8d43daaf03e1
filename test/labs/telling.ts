/** What the commands of the labs tell, and how they end. */
import { CannotRun } from '../../scripts/making/cannot-run.ts';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Four digits say all that a figure of a lab knows. */
export function tellFigure({ name, value, unit }: Figure): string {
  return `${name}: ${Number(value.toPrecision(4))} ${unit}`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Says lines as they happen, each with the time since now. */
export function narrator(print: (line: string) => void): (text: string) => void {
  const started = performance.now();
  return (text) => print(`[${seconds(performance.now() - started).padStart(8)}] ${text}`);
}

/** Says why, and the process ends with 1. @param what of `the … cannot run` */
export function tellFailure(what: string, error: unknown): void {
  console.error(error instanceof CannotRun ? `the ${what} cannot run: ${error.message}` : error);
  process.exitCode = 1;
}

/** The process ends with the code that `main` comes to. */
export function runCommand(what: string, main: () => Promise<number>): void {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => tellFailure(what, error),
  );
}
