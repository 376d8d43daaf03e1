// The agent, as the bundle that an image holds: start, memory and idle CPU: `npm run bench -- agent`. The scheduler is the
// double, whose own start is in no figure.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { agentClient } from '../agent/api/definition.ts';
import { PODS } from '../test/standin/api/resources.ts';
import type { Cluster } from '../test/standin/cluster.ts';
import { embedded } from '../test/support/embedded.ts';
import { nodeFlagsOf } from '../test/support/node-flags.ts';
import { type Ground, type Running, runAgent, untilEnforcing } from './agent-run.ts';
import { buildBundles } from './build-bundles.ts';
import { inPod } from './in-pod.ts';
import { cpuSeconds, rssMb } from './process-figures.ts';
import type { BenchResult } from './result.ts';

const NODE = 'bench-node';
const TOKEN = 'bench';
const ENTRY = 'dist/agent.mjs';

interface Size {
  readonly pods: number;
  readonly threadsOfPod: number;
  readonly starts: number;
  /** From enforcing to the measurement: the code that runs each second is compiled by then. */
  readonly warmSeconds: number;
  /** Longer than the time between two of all that the agent does by itself, but for search and heartbeat at 5 minutes. */
  readonly idleSeconds: number;
}

const WHOLE: Size = { pods: 110, threadsOfPod: 19, starts: 7, warmSeconds: 60, idleSeconds: 120 };
const SMOKE: Size = { pods: 5, threadsOfPod: 2, starts: 1, warmSeconds: 0.5, idleSeconds: 1 };

/** Targets: 90 MB at 110 pods and 2,000 threads, 0.2 % of a core when idle, 400 ms from start to the first config. */
export async function benchAgent({ smoke }: { smoke: boolean }): Promise<BenchResult> {
  buildBundles();
  const size = smoke ? SMOKE : WHOLE;
  const cluster = await embedded({ token: TOKEN });
  const pod = await inPod(cluster.url, TOKEN);
  const cache = mkdtempSync(join(tmpdir(), 'temper-compiled-'));
  try {
    await cluster.addNamespace('temper');
    await cluster.addNode({ name: NODE, cores: 16, agent: false });
    const uids = await addPods(cluster, size.pods);
    const ground = { node: NODE, entry: ENTRY, pod, uids, threadsOfPod: size.threadsOfPod };
    const compiled = { NODE_COMPILE_CACHE: cache };
    spawnSync(process.execPath, [...nodeFlagsOf(ENTRY), ENTRY, '--version'], { env: compiled, stdio: 'ignore' });
    const { cold, warm } = await starts(ground, size, compiled);
    const rest = await atRest(ground, size);
    const rows = [
      { what: 'start of the process to the first config', figure: cold },
      { what: 'the same with a compile cache', figure: warm },
      {
        what: `memory, enforcing, ${uids.length} pods, ${uids.length * size.threadsOfPod} threads`,
        figure: rest.memory,
      },
      { what: `CPU, enforcing and nothing changing, over ${size.idleSeconds} s`, figure: rest.idle },
      { what: 'memory once somebody has asked it by gRPC', figure: rest.asked },
    ];
    return { name: 'agent', rows, notes: notes(smoke, size) };
  } finally {
    rmSync(cache, { recursive: true, force: true });
    pod.close();
    await cluster.close();
  }
}

/** Starts without and with the cache in turn, so that what else the machine does falls on both. */
async function starts(ground: Ground, size: Size, compiled: Readonly<Record<string, string>>) {
  const cold: Running[] = [];
  const warm: Running[] = [];
  for (let count = 0; count < size.starts; count += 1) {
    for (const [environment, list] of [[{}, cold] as const, [compiled, warm] as const]) {
      const run = await runAgent(ground, environment);
      await run.agent.dispose();
      list.push(run);
    }
  }
  return { cold: inWords(cold), warm: inWords(warm) };
}

function inWords(runs: readonly Running[]): string {
  const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const times = runs.map(({ toConfigMs }) => toConfigMs);
  const cpu = middle(runs.map(({ cpuMs }) => cpuMs));
  return `${middle(times)} ms, at best ${Math.min(...times)} ms; CPU time ${cpu} ms`;
}

async function atRest(ground: Ground, size: Size): Promise<{ memory: string; idle: string; asked: string }> {
  const { agent, pid } = await runAgent(ground, {});
  try {
    await untilEnforcing(agent);
    await pause(size.warmSeconds * 1000);
    const before = cpuSeconds(pid);
    await pause(size.idleSeconds * 1000);
    const idle = ((cpuSeconds(pid) - before) / size.idleSeconds) * 100;
    const memory = `${rssMb(pid)} MB`;
    await askStatus((await agent.ports).grpc);
    return { memory, idle: `${idle.toFixed(2)} % of a core`, asked: `${rssMb(pid)} MB` };
  } finally {
    await agent.dispose();
  }
}

async function askStatus(port: number): Promise<void> {
  const client = agentClient(`127.0.0.1:${port}`, credentials.createInsecure(), {});
  await new Promise<void>((resolve, reject) => {
    client.getStatus({ withPods: true }, (error) => (error === null ? resolve() : reject(error)));
  });
  client.close();
}

async function addPods(cluster: Cluster, count: number): Promise<string[]> {
  const uids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const priorityClassName = index === 0 ? 'temper-high' : index % 4 === 0 ? 'temper-low' : 'temper-normal';
    const resources = { requests: { cpu: '100m' } };
    const spec = { nodeName: NODE, priorityClassName, containers: [{ name: 'app', image: 'app:1', resources }] };
    const { object } = await cluster.api.create(PODS, {
      namespace: 'shop',
      body: { metadata: { name: `pod-${index}` }, spec },
    });
    uids.push(object.metadata.uid ?? '');
  }
  return uids;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function notes(smoke: boolean, { starts: count, warmSeconds }: Size): string[] {
  return [
    'As in a pod: over TLS, with the token and the CA of a ServiceAccount. With a kubeconfig it also loads the Kubernetes client library, which takes some 40 MB.',
    `Node's flags are those of the program's first line: \`${nodeFlagsOf(ENTRY).join(' ')}\`.`,
    'A node of 16 CPUs, one High pod, the rest Normal and Low, on a host of files: what a kernel takes to write cgroup files is not in it. The API server is the embedded one, in the process of the bench.',
    `Starts: the median of ${count}. The first config is handed to the scheduler after the debounce of 50 ms that is set here (500 ms by default).`,
    'The compile cache is that of NODE_COMPILE_CACHE, made by one run with `--version` before.',
    `Memory is VmRSS, of which some 48 MB are pages of Node's own file. CPU is user and system time of the agent's process alone, from ${warmSeconds} s after it enforces.`,
    'Threads are not sampled yet (the observation room comes later): the figures will grow with it.',
    ...(smoke ? ['Smoke: the figures mean nothing.'] : []),
  ];
}
