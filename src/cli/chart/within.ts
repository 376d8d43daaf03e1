import { pause } from '../../kube/pause.ts';
import { TemperError } from '../../model/errors.ts';
import type { Context } from '../context.ts';

const EVERY_MS = 2_000;

/**
 * Tries until it is well, or the time is over: what has just been installed needs a moment.
 *
 * @param attempt null when all is well, else what is not yet
 * @throws TemperError `TMP3231` with what was found last
 */
export async function untilWell(
  { io }: Context,
  withinMs: number,
  attempt: () => Promise<string | null>,
): Promise<{ readonly attempts: number }> {
  const end = io.clock.monotonic() + withinMs;
  for (let attempts = 1; ; attempts += 1) {
    const problem = await attempt();
    if (problem === null) return { attempts };
    if (io.signal.aborted) throw new TemperError('TMP3227', 'Ctrl-C');
    if (io.clock.monotonic() + EVERY_MS > end) throw new TemperError('TMP3231', problem);
    io.stderr.write(`not yet: ${problem.replace(/\s+/g, ' ')}\n`);
    await pause(io.clock, EVERY_MS, io.signal);
  }
}
