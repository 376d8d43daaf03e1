import type { Clock } from '../model/clock.ts';
import { refusal } from './refusal.ts';
import type { ResourceRequest } from './resource.ts';
import { describe, RestartError, type RestartReason, restart } from './restart.ts';
import type { ListWatchSettings } from './settings.ts';
import type { KubeTransport } from './transport.ts';
import { createWatchdog } from './watchdog.ts';

/** What every request of one list-watch is made with. */
export interface ExchangeContext {
  readonly transport: KubeTransport;
  readonly clock: Clock;
  readonly settings: ListWatchSettings;
  /** Ends the list-watch. */
  readonly signal: AbortSignal;
  /** Called for each piece of a good answer. */
  readonly heard: () => void;
}

/**
 * Makes one request and yields the body of its answer as it comes. Whatever way it ends, the
 * connection is either given back or gone, and no timer is left.
 *
 * @throws RestartError when there is no answer, a bad one, or silence
 */
export async function* exchange(
  context: ExchangeContext,
  { path, accept }: ResourceRequest,
): AsyncGenerator<Buffer, void, undefined> {
  const { transport, clock, settings, signal } = context;
  const controller = new AbortController();
  const leave = () => controller.abort();
  const watchdog = createWatchdog(clock, leave);
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  let answered = false;
  try {
    watchdog.feed(settings.answerMs);
    const response = await transport.get(path, { headers: { accept }, signal: controller.signal });
    answered = true;
    if (response.status !== 200) throw await refusal(response, clock.now(), settings.maxRetryAfterMs);
    watchdog.feed(settings.idleMs);
    // Leaving this loop early, for whatever reason, destroys the body and its connection.
    for await (const chunk of response.body) {
      watchdog.feed(settings.idleMs);
      context.heard();
      yield chunk;
    }
  } catch (error) {
    if (error instanceof RestartError) throw error;
    if (watchdog.barked) throw new RestartError(restart('stalled', 'no byte came for too long'));
    throw new RestartError(restart(brokenBy(error, answered), describe(error)));
  } finally {
    watchdog.stop();
    signal.removeEventListener('abort', leave);
  }
}

function brokenBy(error: unknown, answered: boolean): RestartReason {
  return answered || (error as { code?: unknown }).code === 'ECONNRESET' ? 'reset' : 'unreachable';
}
