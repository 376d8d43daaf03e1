// The agent, as the bundle that an image holds: start, memory and idle CPU:
// `npm run bench -- agent`. The scheduler is the double, whose own start is in no figure.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PODS } from '../test/standin/api/resources.ts';
import type { Cluster } from '../test/standin/cluster.ts';
import { type AgentProcess, startAgentProcess } from '../test/support/agent-process.ts';
import { embedded, until } from '../test/support/embedded.ts';
import { cpuSeconds, rssMb } from './process-figures.ts';
import type { BenchResult } from './result.ts';

const NODE = 'bench-node';
const CPUS = 16;

/** Targets: 90 MB at 110 pods, 0.2 % of a core when idle, 400 ms from start to the first config. */
export async function benchAgent({ smoke }: { smoke: boolean }): Promise<BenchResult> {
  const built = spawnSync(process.execPath, ['scripts/build.ts'], { stdio: ['ignore', 'ignore', 'pipe'] });
  if (built.status !== 0) throw new Error(String(built.stderr));
  const cluster = await embedded();
  const pods = smoke ? 5 : 110;
  let agent: AgentProcess | undefined;
  try {
    await cluster.addNamespace('temper');
    await cluster.addNode({ name: NODE, cores: CPUS, agent: false });
    const uids = await addPods(cluster, pods);
    const started = Date.now();
    agent = startAgentProcess({ kubeconfig: cluster.kubeconfig, node: NODE, entry: 'dist/agent.mjs', cpus: CPUS });
    for (const uid of uids) agent.addCgroup(uid, 'burstable', []);
    await agent.ports;
    await until('enforcing', () => isEnabled(agent), 30_000);
    const toConfig = loggedAt(agent, '"phase":"starting"') - started;
    const pid = agent.child.pid ?? 0;
    await pause(smoke ? 500 : 10_000);
    const seconds = smoke ? 1 : 60;
    const before = cpuSeconds(pid);
    await pause(seconds * 1000);
    const idle = ((cpuSeconds(pid) - before) / seconds) * 100;
    const rows = [
      { what: `start of the process to the first config, ${pods} pods`, figure: `${toConfig} ms` },
      { what: `memory, enforcing, ${pods} pods`, figure: `${rssMb(pid)} MB` },
      { what: `CPU, enforcing and nothing changing, over ${seconds} s`, figure: `${idle.toFixed(2)} % of a core` },
    ];
    return { name: 'agent', rows, notes: notes(smoke) };
  } finally {
    await agent?.dispose();
    await cluster.close();
  }
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

const isEnabled = (agent: AgentProcess | undefined): boolean =>
  agent !== undefined &&
  readFileSync(join(agent.host.paths.sys, 'kernel/sched_ext/state'), 'utf8').startsWith('enabled');

/** When the agent logged a line with the text, milliseconds since the epoch. */
function loggedAt({ log }: AgentProcess, text: string): number {
  const line = log.find((one) => one.includes(text));
  if (line === undefined) throw new Error(`the agent has not logged ${text}`);
  return Date.parse((JSON.parse(line) as { time: string }).time);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function notes(smoke: boolean): string[] {
  return [
    `A node of ${CPUS} CPUs, one High pod, the rest Normal and Low, on a host of files; the API server is the embedded one, in the process of the bench.`,
    'The first config is handed to the scheduler after the debounce of 50 ms that is set here (500 ms by default).',
    'Threads are not sampled yet (the observation room comes later): the figure will grow with it.',
    ...(smoke ? ['Smoke: the figures mean nothing.'] : []),
  ];
}
