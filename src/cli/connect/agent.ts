import { credentials, type ServiceError } from '@grpc/grpc-js';
import { agentClient } from '../../../agent/api/definition.ts';
import type { AgentClient } from '../../../agent/api/generated/temper/agent/v1/Agent.ts';
import { LIMITS } from '../../../agent/api/grpc/limits.ts';
import { TemperError } from '../../model/errors.ts';
import { type Context, inTime } from '../context.ts';
import type { PodRef } from '../pod-ref.ts';
import { grpcError } from './grpc-error.ts';

/** A connection to one agent. */
export interface Agent {
  /** One call; the names are those of agent.proto. */
  call<Name extends UnaryMethod>(method: Name, request: RequestOf<Name>): Promise<ResponseOf<Name>>;
}

export type UnaryMethod =
  | 'GetStatus'
  | 'GetLayeredConfig'
  | 'SetQos'
  | 'ClearQos'
  | 'ReloadScheduler'
  | 'SetSafeMode'
  | 'Explain';

type Definition = import('../../../agent/api/generated/temper/agent/v1/Agent.ts').AgentDefinition;
type RequestOf<Name extends UnaryMethod> = Parameters<Definition[Name]['requestSerialize']>[0];
type ResponseOf<Name extends UnaryMethod> = ReturnType<Definition[Name]['responseDeserialize']>;

/** A way to an agent, and how to leave it. */
export interface Way {
  /** For gRPC: `host:port` or `unix:/path`. */
  readonly address: string;
  /** Why the way itself is broken; null where it is not. */
  problem(): TemperError | null;
  close(): void;
}

/** A name, an IPv4 address or an IPv6 address in brackets, and a port. */
const ADDRESS = /^(?:[0-9A-Za-z.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/;

/**
 * Connects to the agent that the flags name, runs `use`, and disconnects.
 *
 * @param pod whose node decides, where no node is given
 * @throws TemperError
 */
export async function withAgent<T>(
  context: Context,
  pod: PodRef | null,
  use: (agent: Agent) => Promise<T>,
): Promise<T> {
  const way = await findWay(context, pod);
  const client = agentClient(way.address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': LIMITS.responseBytes,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_retries': 0,
  });
  try {
    return await use({ call: (method, request) => callOnce(context, client, way, method, request) });
  } finally {
    client.close();
    way.close();
  }
}

async function findWay(context: Context, pod: PodRef | null): Promise<Way> {
  const { address, node } = context.options;
  if (address !== undefined) {
    if (!ADDRESS.test(address)) throw new TemperError('TMP3221', '--address is HOST:PORT');
    return { address, problem: () => null, close: () => {} };
  }
  if (node === undefined && (pod === null || pod.uid !== '')) {
    throw new TemperError('TMP3221', 'say which agent: --node NAME, or --address HOST:PORT');
  }
  // The Kubernetes client is large: only who needs it waits for it.
  const { forwardToAgent } = await import('./forward-to-agent.ts');
  return await forwardToAgent(context, node === undefined ? pod : node);
}

async function callOnce<Name extends UnaryMethod>(
  context: Context,
  client: AgentClient,
  way: Way,
  method: Name,
  request: RequestOf<Name>,
): Promise<ResponseOf<Name>> {
  const { requestTimeout } = context.options;
  return await inTime(context, async (signal) => {
    return await new Promise<ResponseOf<Name>>((resolve, reject) => {
      const options = { deadline: context.io.clock.now() + requestTimeout + DEADLINE_SLACK_MS };
      const done = (error: ServiceError | null, response?: ResponseOf<Name>): void => {
        if (error !== null) reject(way.problem() ?? grpcError(error));
        else if (response === undefined) reject(new TemperError('TMP3228', 'an empty answer'));
        else resolve(response);
      };
      const call = (client[method] as unknown as Unary<RequestOf<Name>, ResponseOf<Name>>).call(
        client,
        request,
        options,
        done,
      );
      signal.addEventListener('abort', () => call.cancel(), { once: true });
    });
  });
}

type Unary<Request, Response> = (
  this: AgentClient,
  request: Request,
  options: { readonly deadline: number },
  done: (error: ServiceError | null, response?: Response) => void,
) => { cancel(): void };

/** The agent gives up soon after we have: our own clock decides what is told. */
const DEADLINE_SLACK_MS = 250;
