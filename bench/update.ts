// From a pod's watch event to the update of the scheduler that it leads to, with the agent as an image holds it:
// `npm run bench -- update`. The scheduler is the double; what it does with the update is in no figure.
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineNow, readTrace, type Traced, traceFile } from '../test/double/trace.ts';
import { type KubeObject, keyOf } from '../test/standin/api/objects.ts';
import { PODS } from '../test/standin/api/resources.ts';
import type { Cluster } from '../test/standin/cluster.ts';
import { type AgentProcess, startAgentProcess } from '../test/support/agent-process.ts';
import { embedded, until } from '../test/support/embedded.ts';
import { nodeFlagsOf } from '../test/support/node-flags.ts';
import { buildBundles } from './build-bundles.ts';
import { quantile } from './load.ts';
import { cpuMilliseconds } from './process-figures.ts';
import type { BenchResult } from './result.ts';
import { bareUpdates } from './update-control.ts';

const NODE = 'bench-node';
const ENTRY = 'dist/agent.mjs';
const CPUS = 128;
const DEBOUNCE_MS = 50;
/** Pods that come and go. */
const MOVING = 10;
/** The stock binary is started anew for each; the supervisor allows 60 starts an hour. */
const RESTARTS = 50;

type Binary = 'stock' | 'patched';

/** Target: p99 of 50 ms; for a restart, beyond the debounce. */
export async function benchUpdate({ smoke }: { smoke: boolean }): Promise<BenchResult> {
  buildBundles();
  const rows: BenchResult['rows'] = [];
  for (const pods of smoke ? [12] : [26, 110, 500]) {
    const events = smoke ? 6 : 300;
    const bare = await bareUpdates(events);
    rows.push(row('a bare process: chunk read, line written', '', { times: bare }));
    const live = await measure('patched', pods, events);
    rows.push(row('agent, live update', String(pods), live, bare));
    const restarts = await measure('stock', pods, smoke ? 2 : RESTARTS);
    rows.push(row('agent, restart: SIGTERM sent', String(pods), restarts, bare));
  }
  return {
    name: 'pod event to update',
    rows,
    notes: [
      `From the moment before the API server writes a watch event until the scheduler's process has read the update with that pod in it (or out of it), or has got SIGTERM; for a restart minus the debounce, ${DEBOUNCE_MS} ms here; a live update waits for nothing. Half of the events are pods that come, half pods that go; one at a time.`,
      `A node of ${CPUS} CPUs on a host of files; the API server is the embedded one, in the process of the bench. Each pod's cgroup is there before its event, as no kubelet is part of this.`,
      `Node's flags are those of the program's first line: \`${nodeFlagsOf(ENTRY).join(' ')}\`. CPU: user and system time of the agent in all that time, for each event.`,
      'The bare process gets the same chunk over HTTP, opens a Unix socket and writes a line: what this machine costs, whatever the agent does. Measured right before.',
      ...(smoke ? ['Smoke: the figures mean nothing.'] : []),
    ],
  };
}

interface Measured {
  /** Milliseconds from each event to its update; for a restart, beyond the debounce. */
  readonly times: readonly number[];
  /** CPU time of the agent for an event and all that follows from it, milliseconds. */
  readonly cpuMs?: number;
}

function row(what: string, pods: string, { times, cpuMs }: Measured, bare: readonly number[] = []) {
  const sorted = times.toSorted((a, b) => a - b);
  const ms = (value: number): string => value.toFixed(1);
  const ratio =
    quantile(sorted, 0.5) /
    quantile(
      bare.toSorted((a, b) => a - b),
      0.5,
    );
  return {
    what,
    pods,
    events: times.length,
    'p50 ms': ms(quantile(sorted, 0.5)),
    'p99 ms': ms(quantile(sorted, 0.99)),
    'max ms': ms(sorted.at(-1) ?? Number.NaN),
    'p50 to bare': bare.length === 0 ? '' : ratio.toFixed(1),
    'CPU ms': cpuMs === undefined ? '' : ms(cpuMs),
  };
}

async function measure(binary: Binary, pods: number, events: number): Promise<Measured> {
  const cluster = await embedded();
  let agent: AgentProcess | undefined;
  try {
    await cluster.addNamespace('temper');
    await cluster.addNode({ name: NODE, cores: CPUS, pods: pods + MOVING, agent: false });
    agent = startAgentProcess({
      kubeconfig: cluster.kubeconfig,
      node: NODE,
      entry: ENTRY,
      nodeFlags: nodeFlagsOf(ENTRY),
      cpus: CPUS,
      binary,
    });
    agent.fault({ startMs: 50 });
    writeFileSync(traceFile(agent.host.root), '');
    const running = agent;
    const add = async (name: string, priorityClassName: string): Promise<KubeObject> => {
      const resources = { requests: { cpu: '100m' } };
      const spec = { nodeName: NODE, priorityClassName, containers: [{ name: 'app', image: 'app:1', resources }] };
      const { object } = await cluster.api.create(PODS, { namespace: 'shop', body: { metadata: { name }, spec } });
      running.addCgroup(object.metadata.uid ?? '', 'burstable', []);
      return object;
    };
    for (let index = 0; index < pods; index += 1)
      await add(`pod-${index}`, index === 0 ? 'temper-high' : 'temper-normal');
    const moving: KubeObject[] = [];
    // Of a tier that the stock binary has a list of, too.
    for (let index = 0; index < MOVING; index += 1) moving.push(await add(`moving-${index}`, 'temper-low'));
    await running.ports;
    const inForce = countInForce(running);
    await until('enforcing', () => inForce() > 0, 30_000);
    // What came while it started follows at once.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const times: number[] = [];
    const before = cpuMilliseconds(running.child.pid ?? 0);
    for (let event = 0; event < events; event += 1) {
      const pod = moving[Math.floor(event / 2) % MOVING];
      if (pod === undefined) break;
      const updates = inForce();
      times.push(await once(cluster, running, pod, binary));
      // The next event is to meet nothing under way.
      await until('the update is in force', () => inForce() > updates);
    }
    return { times, cpuMs: (cpuMilliseconds(running.child.pid ?? 0) - before) / times.length };
  } catch (error) {
    throw new Error(`${pods} pods, ${binary}: ${(error as Error).message}\n${agent?.log.slice(-20).join('\n')}`);
  } finally {
    await agent?.dispose();
    await cluster.close();
  }
}

/** One pod goes, or comes back with the uid and the cgroup that it had. */
async function once(cluster: Cluster, agent: AgentProcess, pod: KubeObject, binary: Binary): Promise<number> {
  const { store } = cluster.api;
  const skip = readTrace(agent.host.root).length;
  const isThere = store.get(PODS.plural, keyOf(pod)) !== undefined;
  const at = machineNow();
  if (isThere) store.remove(PODS.plural, keyOf(pod));
  else store.put(PODS.plural, keyOf(pod), pod);
  const isIt = ({ what }: Traced): boolean =>
    binary === 'stock' ? what === 'SIGTERM' : what.includes(idOf(agent, pod));
  let found: Traced | undefined;
  await until('the update', () => {
    found = readTrace(agent.host.root, skip).find(isIt);
    return found !== undefined;
  });
  // A live update waits for nothing.
  return (found?.at ?? Number.NaN) - at - (binary === 'stock' ? DEBOUNCE_MS : 0);
}

/** How a live update names the pod's cgroup: by its id, quoted as part of a JSON text. */
function idOf({ host }: AgentProcess, { metadata }: KubeObject): string {
  const name = `kubepods-burstable-pod${(metadata.uid ?? '').replaceAll('-', '_')}.slice`;
  const path = join(host.paths.cgroup, 'kubepods.slice/kubepods-burstable.slice', name);
  return `\\"${statSync(path, { bigint: true }).ino}\\"`;
}

/** How often it has logged that layers came into force. */
function countInForce({ child }: AgentProcess): () => number {
  let count = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    count += chunk.toString().split('the layers are in force').length - 1;
  });
  return () => count;
}
