/** The frames of an error alone: its message may quote what it stumbled over, and that may be a secret. */
export function stackOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack.slice(stack.indexOf('\n    at ')).trim();
}
