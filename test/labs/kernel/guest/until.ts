const POLL_MS = 50;

/**
 * Waits until `holds` answers true.
 *
 * @returns milliseconds until then
 * @throws Error where that takes longer than `ms`, with what `explain` says of how it is instead
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms: number,
  explain: () => string = () => '',
): Promise<number> {
  const begun = performance.now();
  while (!(await holds())) {
    const waited = performance.now() - begun;
    if (waited > ms) throw new Error(`not within ${ms} ms: ${what}${explained(explain())}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return performance.now() - begun;
}

function explained(why: string): string {
  return why === '' ? '' : `; ${why}`;
}
