import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AgentProcess, startAgentProcess } from '../test/support/agent-process.ts';
import { until } from '../test/support/embedded.ts';
import { nodeFlagsOf } from '../test/support/node-flags.ts';
import type { InPod } from './in-pod.ts';
import { cpuSeconds } from './process-figures.ts';

/** What an agent is started on. */
export interface Ground {
  readonly node: string;
  readonly entry: string;
  readonly pod: InPod;
  readonly uids: readonly string[];
  readonly threadsOfPod: number;
}

export interface Running {
  readonly agent: AgentProcess;
  readonly pid: number;
  /** From the start of the process to the first config handed to the scheduler, milliseconds. */
  readonly toConfigMs: number;
  /** CPU time that it used until that was seen, milliseconds. */
  readonly cpuMs: number;
}

const CPU_STAT = 'usage_usec 123456\nuser_usec 100000\nsystem_usec 23456\n';
const START_MS = 30_000;

/** Starts the agent as a pod would, on a node whose pods run already. */
export async function runAgent(ground: Ground, environment: Readonly<Record<string, string>>): Promise<Running> {
  const { node, entry, pod, uids, threadsOfPod } = ground;
  const started = Date.now();
  const agent = startAgentProcess({
    kubeconfig: null,
    node,
    entry,
    cpus: 16,
    nodeFlags: nodeFlagsOf(entry),
    environment: { ...pod.environment, ...environment },
    flags: [`--kube-service-account=${pod.serviceAccount}`],
  });
  // The process takes longer to begin than this.
  for (const [index, uid] of uids.entries()) addCgroup(agent, uid, index * threadsOfPod, threadsOfPod);
  const pid = agent.child.pid ?? 0;
  await agent.ports;
  await until('the first config', () => handedOver(agent) !== undefined, START_MS);
  const cpuMs = Math.round(cpuSeconds(pid) * 1000);
  return { agent, pid, toConfigMs: Date.parse(handedOver(agent) ?? '') - started, cpuMs };
}

export async function untilEnforcing({ host }: AgentProcess): Promise<void> {
  const state = join(host.paths.sys, 'kernel/sched_ext/state');
  await until('enforcing', () => readFileSync(state, 'utf8').startsWith('enabled'), START_MS);
}

function addCgroup(agent: AgentProcess, uid: string, firstPid: number, threads: number): void {
  const pids = Array.from({ length: threads }, (_, index) => 10_000 + firstPid + index);
  agent.addCgroup(uid, 'burstable', pids);
  const name = `kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice`;
  const folder = join(agent.host.paths.cgroup, 'kubepods.slice/kubepods-burstable.slice', name);
  writeFileSync(join(folder, 'cpu.stat'), CPU_STAT);
}

/** When it has logged that a start is under way. */
function handedOver({ log }: AgentProcess): string | undefined {
  const line = log.find((one) => one.includes('"phase":"starting"'));
  return line === undefined ? undefined : (JSON.parse(line) as { time: string }).time;
}
