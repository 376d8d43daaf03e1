import { TemperError } from '../model/errors.ts';
import type { CliIo } from './io.ts';
import type { Options } from './options.ts';

/** What a command runs with. */
export interface Context {
  readonly io: CliIo;
  readonly options: Options;
}

/**
 * Runs one request with the time that one may take. Ctrl-C and the end of that time abort its signal
 * and decide what is thrown, whatever the request itself makes of it.
 *
 * @throws TemperError TMP3226 or TMP3227, or what `run` throws
 */
export async function inTime<T>({ io, options }: Context, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  if (io.signal.aborted) throw interrupted();
  const controller = new AbortController();
  const over = Promise.withResolvers<never>();
  const end = (error: TemperError) => {
    over.reject(error);
    controller.abort();
  };
  const interrupt = () => end(interrupted());
  const takeBack = io.clock.after(options.requestTimeout, () => {
    end(new TemperError('TMP3226', `${options.requestTimeout} ms`));
  });
  io.signal.addEventListener('abort', interrupt, { once: true });
  const running = run(controller.signal);
  // Whichever loses the race has nobody else to hear it.
  running.catch(() => {});
  over.promise.catch(() => {});
  try {
    return await Promise.race([over.promise, running]);
  } finally {
    takeBack();
    io.signal.removeEventListener('abort', interrupt);
  }
}

function interrupted(): TemperError {
  return new TemperError('TMP3227', 'Ctrl-C');
}
