import { mkdirSync } from 'node:fs';
import { createTransport, type KubeSender, type KubeTransport } from '../../../../../src/kube/transport.ts';
import type { Ctx } from '../../../../e2e/case.ts';
import { createPod } from '../../../../e2e/kit.ts';
import { type AgentInProcess, startAgentInProcess } from '../../../../support/agent-in-process.ts';
import type { AgentLoopOptions } from '../../../../support/agent-loop.ts';
import { until } from '../../../../support/embedded.ts';
import { identityOn } from './identity.ts';
import type { Release } from './rights.ts';

/** A node with an agent of which only the kernel and the scheduler are played. */
export interface FleetNode extends AgentInProcess {
  readonly node: string;
}

export interface FleetOptions
  extends Partial<Pick<AgentLoopOptions, 'heartbeatMs' | 'settings' | 'watching' | 'patched'>> {
  readonly release: Release;
  /** Changes the way to the API server. */
  readonly by?: (transport: KubeTransport & KubeSender) => KubeTransport & KubeSender;
}

const CPUS = 8;

export const isStock = ({ kernel }: FleetNode): boolean => kernel.read().state === 'disabled';
export const enforces = ({ kernel, publishing }: FleetNode): boolean =>
  kernel.read().state === 'enabled' && publishing.status.word === 'enforcing';

/** What needs no order goes so many at a time. */
export async function inParallel<T, R>(all: readonly T[], each: (one: T) => Promise<R>, width = 20): Promise<R[]> {
  const results: R[] = [];
  const left = all.map((one, index) => [one, index] as const);
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) results[next[1]] = await each(next[0]);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/** `prefix-0`, `prefix-1`, … */
export const nodeNames = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

/** Nodes that kwok makes ready in its own time; gone at the end of the case. */
export async function addNodes({ cluster: { client }, after }: Ctx, names: readonly string[]): Promise<void> {
  after(() => inParallel(names, (name) => client.delete(`/api/v1/nodes/${name}`)));
  const capacity = { cpu: String(CPUS), memory: '32Gi', pods: '110' };
  await inParallel(names, (name) =>
    client.create('/api/v1/nodes', {
      metadata: { name, labels: { 'kubernetes.io/hostname': name } },
      status: { capacity, allocatable: capacity },
    }),
  );
}

/** A Critical pod on each node, as if a scheduler had bound it: then its agent has something to protect. */
export async function addCritical(ctx: Ctx, namespace: string, nodes: readonly string[]): Promise<void> {
  await inParallel(nodes, (nodeName) =>
    createPod(ctx, namespace, { name: nodeName, spec: { nodeName, priorityClassName: 'temper-critical' } }),
  );
}

/** Starts an agent with a token of its own on each node; they end with the case. */
export async function startFleet(ctx: Ctx, nodes: readonly string[], options: FleetOptions): Promise<FleetNode[]> {
  const fleet: FleetNode[] = [];
  ctx.after(() => inParallel(fleet, (one) => one.stop()));
  await inParallel(nodes, async (node) => {
    fleet.push(await startOn(ctx, node, options));
  });
  return fleet;
}

async function startOn(ctx: Ctx, node: string, { release, by, ...options }: FleetOptions): Promise<FleetNode> {
  const identity = await identityOn(ctx, release, node);
  const runFolder = ctx.artifact(`${node}-run`);
  mkdirSync(runFolder);
  const transport = createTransport(identity.access);
  const agent = startAgentInProcess({
    ...options,
    node,
    cpus: CPUS,
    namespace: release.namespace,
    runFolder,
    transport: by?.(transport) ?? transport,
  });
  return {
    node,
    kernel: agent.kernel,
    publishing: agent.publishing,
    measure: agent.measure,
    async stop() {
      await agent.stop();
      transport.close();
    },
  };
}

/** Waits until it holds of each; a failure says what the others are like. */
export async function untilEach(
  what: string,
  fleet: readonly FleetNode[],
  holds: (one: FleetNode) => boolean,
): Promise<void> {
  const left = (): FleetNode[] => fleet.filter((one) => !holds(one));
  await until(what, () => left().length === 0).catch((error: Error) => {
    const states = left().map(
      ({ kernel, publishing: { status } }) => `${kernel.read().state}, ${status.word}: ${status.reason}`,
    );
    const counts = [...new Set(states)].map((state) => `${states.filter((one) => one === state).length} × ${state}`);
    throw new Error(`${error.message}; ${counts.join('; ')}`);
  });
}
