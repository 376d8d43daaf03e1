/**
 * Runs something, and then takes back what it did, the last first, whether it went well or not.
 *
 * @param ms it may take
 * @param run gets a function that notes what is to be taken back
 * @returns what went wrong, nothing where all went well
 */
export async function perform(
  ms: number,
  run: (after: (undo: () => unknown) => void) => Promise<void>,
): Promise<string[]> {
  const undo: Array<() => unknown> = [];
  const problems: string[] = [];
  await attempt(
    () =>
      within(
        ms,
        run((action) => void undo.unshift(action)),
      ),
    problems,
  );
  for (const action of undo) await attempt(action, problems);
  return problems;
}

async function attempt(action: () => unknown, problems: string[]): Promise<void> {
  try {
    await action();
  } catch (error) {
    problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within its ${ms / 1000} s`)), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
