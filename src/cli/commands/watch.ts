import type { GetStatusResponse__Output as Status } from '../../../agent/api/generated/temper/agent/v1/GetStatusResponse.ts';
import { TemperError } from '../../model/errors.ts';
import { withAgent } from '../connect/agent.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { Result } from '../output/result.ts';
import { screenFor } from '../output/screen.ts';

export interface Watched {
  readonly everyMs: number;
  readonly request: { readonly withPods?: boolean };
  readonly resultOf: (answer: Status) => Result;
}

/**
 * Shows an agent's status again and again on one connection, until Ctrl-C. One request at a time. An agent that
 * goes away once it has answered is waited for: agents restart.
 *
 * @throws TemperError of the first request
 */
export async function watchStatus(context: Context, { everyMs, request, resultOf }: Watched): Promise<ExitCode> {
  const { io, options } = context;
  const screen = screenFor(options.output, io, everyMs);
  let hasAnswered = false;
  while (!io.signal.aborted) {
    try {
      await withAgent(context, null, async (agent) => {
        while (!io.signal.aborted) {
          screen.show(resultOf(await agent.call('GetStatus', request)));
          hasAnswered = true;
          await pause(context, everyMs);
        }
      });
    } catch (error) {
      if (io.signal.aborted) break;
      if (!hasAnswered || !(error instanceof TemperError)) throw error;
      screen.fail(error);
      await pause(context, everyMs);
    }
  }
  return EXIT.interrupted;
}

/** Ends early with Ctrl-C. */
async function pause({ io }: Context, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      cancel();
      io.signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = io.clock.after(ms, end);
    io.signal.addEventListener('abort', end, { once: true });
    if (io.signal.aborted) end();
  });
}
