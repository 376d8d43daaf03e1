import type { handleUnaryCall } from '@grpc/grpc-js';
import type { Clock } from '../../../src/model/clock.ts';
import { TemperError } from '../../../src/model/errors.ts';
import type { ApiObserver } from '../observer.ts';
import { LIMITS } from './limits.ts';
import { failureOf } from './status.ts';

export interface CallDeps {
  readonly clock: Clock;
  readonly observer: ApiObserver;
}

/**
 * A handler with the bounds that hold for every call: so many at once, so long at most. The place of a
 * call is given back when its work has ended, not when its caller was answered.
 *
 * @param run gets a signal that is aborted when the caller is gone or the time is over
 */
export function bounded<Request, Response>(
  method: string,
  { clock, observer }: CallDeps,
  run: (request: Request, signal: AbortSignal) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  let running = 0;
  const admit = async (request: Request, signal: AbortSignal): Promise<Response> => {
    if (running >= LIMITS.callsAtOnce) throw new TemperError('TMP3203', `${running} of ${method}`);
    running += 1;
    try {
      return await run(request, signal);
    } finally {
      running -= 1;
    }
  };

  return (call, callback) => {
    const controller = new AbortController();
    let answered = false;
    const answer = (error: unknown, response?: Response): void => {
      if (answered) return;
      answered = true;
      takeBack();
      if (error === null) {
        observer.called(method, 'ok');
        callback(null, response);
        return;
      }
      const { code, details, id } = failureOf(error);
      observer.called(method, id);
      if (id === 'TMP2013') observer.failed(error);
      callback({ code, details });
    };
    const end = (): void => {
      controller.abort();
      answer(new TemperError('TMP3202', method));
    };
    // The library itself ends a call at its caller's deadline, and says so by this event.
    call.once('cancelled', end);
    const takeBack = clock.after(LIMITS.callMs, end);
    admit(call.request, controller.signal).then(
      (response) => answer(null, response),
      (error: unknown) => answer(error ?? new Error('rejected without an error')),
    );
  };
}
