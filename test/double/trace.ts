import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Something that the double was asked. */
export interface Traced {
  /** Milliseconds by the clock that all processes of a machine share and that never jumps. */
  readonly at: number;
  /** A line of the socket, or the name of a signal. */
  readonly what: string;
}

const FILE = 'double-trace';

/** Of the machine, not of this process. */
export const machineNow = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Takes note where somebody has asked for it by making the file. */
export function trace(root: string, what: string): void {
  const traced: Traced = { at: machineNow(), what };
  const file = traceFile(root);
  if (existsSync(file)) appendFileSync(file, `${JSON.stringify(traced)}\n`);
}

/** @param root that of the re-rooted file system */
export function traceFile(root: string): string {
  return join(root, FILE);
}

/** What there is after the first `skip`; a line that is being written is left for later. */
export function readTrace(root: string, skip = 0): Traced[] {
  const lines = readFileSync(traceFile(root), 'utf8').split('\n').slice(skip, -1);
  return lines.map((line) => JSON.parse(line) as Traced);
}
