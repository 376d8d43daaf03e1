import type { Clock } from '../model/clock.ts';

export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Of the terminal, where it says. */
  readonly size?: () => { readonly rows: number; readonly columns: number };
}

/** All that a command touches of its process, so that tests run it without one. */
export interface CliIo {
  /** The name of the program as it was called, without its extension. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Data. */
  readonly stdout: Output;
  /** All else. */
  readonly stderr: Output;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** The root of the file system that `check --pre` looks at. */
  readonly root: string;
}

/** How many characters a line may have before a person's terminal breaks it; infinite where nobody looks. */
export function widthOf({ isTerminal, size }: Output): number {
  return isTerminal ? Math.max(60, size?.().columns ?? 80) : Number.POSITIVE_INFINITY;
}
