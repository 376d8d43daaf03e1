/** What the runner in the guest says, one JSON object a line. */
export type GuestEvent =
  | { readonly event: 'ready'; readonly release: string; readonly cpus: number; readonly bootMs: number }
  /** It lives; said even while a case keeps all CPUs busy. */
  | { readonly event: 'alive' }
  | { readonly event: 'log'; readonly text: string }
  /** A measured value that a record can keep. */
  | { readonly event: 'figure'; readonly name: string; readonly value: number; readonly unit: string }
  /** A piece of a file to be kept, in order; base64. */
  | { readonly event: 'file'; readonly name: string; readonly data: string }
  | { readonly event: 'passed'; readonly ms: number }
  | { readonly event: 'failed'; readonly ms: number; readonly reason: string };

/** What the host says to it. */
export type HostOrder = { readonly run: string; readonly seed: number } | { readonly end: true };

const EVENTS: ReadonlySet<unknown> = new Set(['ready', 'alive', 'log', 'figure', 'file', 'passed', 'failed']);

/** Both ends are bundled from one source, so only what is no line of ours at all has to be told apart. */
export function readEvent(line: string): GuestEvent | null {
  try {
    const value = JSON.parse(line);
    return EVENTS.has(value?.event) ? value : null;
  } catch {
    return null;
  }
}
