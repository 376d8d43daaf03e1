import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../model/clock.ts';

/**
 * Calls `onChange` when the content of any of the files differs from what it was. It looks at intervals:
 * a mounted ConfigMap or Secret changes by swapping a symbolic link, which file events often miss.
 *
 * @returns a function that looks at once, and one that stops.
 */
export function watchFiles(
  paths: readonly string[],
  everyMs: number,
  clock: Clock,
  onChange: () => void,
): { readonly look: () => Promise<void>; readonly stop: () => void } {
  let known: string | undefined;
  let cancel: () => void = () => {};
  let stopped = false;

  async function look(): Promise<void> {
    const seen = await digest(paths);
    if (stopped) return;
    const changed = known !== undefined && seen !== known;
    known = seen;
    if (changed) onChange();
  }

  const again = (): void => {
    if (stopped) return;
    cancel = clock.after(everyMs, () => void look().then(again));
  };
  void look().then(again);
  return {
    look,
    stop() {
      stopped = true;
      cancel();
    },
  };
}

async function digest(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(await readFile(path).catch((error: Error) => error.message));
  return hash.digest('base64');
}
