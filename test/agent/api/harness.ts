import { credentials, type ServiceError } from '@grpc/grpc-js';
import { agentClient } from '../../../agent/api/definition.ts';
import type { AgentFacade } from '../../../agent/api/facade.ts';
import type { AgentClient } from '../../../agent/api/generated/temper/agent/v1/Agent.ts';
import { startGrpcApi } from '../../../agent/api/grpc/server.ts';
import type { ApiObserver } from '../../../agent/api/observer.ts';
import type { ErrorId } from '../../../src/model/errors.ts';
import { FakeClock } from '../../support/fake-clock.ts';

export interface Observed extends ApiObserver {
  readonly calls: string[];
  readonly refusals: ErrorId[];
  readonly faults: unknown[];
}

export function observed(): Observed {
  const calls: string[] = [];
  const refusals: ErrorId[] = [];
  const faults: unknown[] = [];
  return {
    calls,
    refusals,
    faults,
    called: (method, outcome) => calls.push(`${method} ${outcome}`),
    refused: (id) => refusals.push(id),
    failed: (error) => faults.push(error),
  };
}

/** The real gRPC server on a free port and a real client of it, with a clock that stands still. */
export interface Served {
  readonly client: AgentClient;
  readonly clock: FakeClock;
  readonly observer: Observed;
  readonly port: number;
  stop(): Promise<void>;
}

export async function serve(facade: AgentFacade): Promise<Served> {
  const clock = new FakeClock();
  const observer = observed();
  const api = await startGrpcApi('127.0.0.1:0', facade, { clock, observer });
  const client = agentClient(`127.0.0.1:${api.port}`, credentials.createInsecure(), {
    // So that it is the server's own bound that is met.
    'grpc.max_receive_message_length': 64 * 1024 * 1024,
  });
  return {
    client,
    clock,
    observer,
    port: api.port,
    async stop() {
      client.close();
      const stopped = api.stop();
      clock.advance(60_000);
      await stopped;
    },
  };
}

type Method<Request, Response> = (
  request: Request,
  callback: (error: ServiceError | null, response?: Response) => void,
) => unknown;

/** One unary call as a promise. */
export async function ask<Request, Response>(method: Method<Request, Response>, request: Request): Promise<Response> {
  return await new Promise((resolve, reject) => {
    method(request, (error, response) => {
      if (error === null && response !== undefined) resolve(response);
      else reject(error ?? new Error('no answer'));
    });
  });
}

/** How a call failed: the code and the id its message begins with. */
export async function failure(call: Promise<unknown>): Promise<{ code: number; id: string; details: string }> {
  try {
    await call;
  } catch (error) {
    const { code, details } = error as ServiceError;
    return { code, id: details.slice(0, 7), details };
  }
  throw new Error('the call did not fail');
}
