import { type Context, inTime } from '../context.ts';
import type { PodRef } from '../pod-ref.ts';
import type { Way } from './agent.ts';
import { findAgent, nodeOf } from './find-agent.ts';
import { forward } from './forward.ts';
import { connectKube } from './kube.ts';

/** The agent's gRPC port inside its pod. */
const GRPC_PORT = 9101;

/**
 * The way to an agent through the API server.
 *
 * @param target the name of a node, or a pod whose node it is
 * @throws TemperError
 */
export async function forwardToAgent(context: Context, target: string | PodRef | null): Promise<Way> {
  const kube = await connectKube(context);
  try {
    const node = typeof target === 'string' || target === null ? (target ?? '') : await nodeOf(kube, target);
    const pod = await findAgent(kube, node, context.options.agentNamespace);
    return await inTime(context, async (signal) => await forward(kube.access, pod, GRPC_PORT, signal));
  } finally {
    kube.close();
  }
}
