import type { ExtenderWanted } from '../../test/e2e/cluster.ts';
import { cpuSeconds } from '../process-figures.ts';
import { addPods, CLASS_NAMES, clear, podOf } from './fill.ts';
import type { Lab } from './lab.ts';
import { watchMachine } from './machine.ts';
import { startPeer } from './peer.ts';
import { inTurn } from './rounds.ts';
import { startBundle } from './service.ts';

/** Pods a second of a kube-scheduler: alone, with the Go program as its extender, also where the service watches beside it, and with the service. */

export const EXTENDERS = ['none', 'go', 'go-watched', 'temper'] as const;
export type ExtenderArm = (typeof EXTENDERS)[number];

export interface ThroughputWindow {
  readonly podsPerSecond: number;
  /** CPU time of the extender for each pod; null without one. */
  readonly extenderMs: number | null;
  /** CPU time of everything here for each pod: what a busy machine does not change much. */
  readonly allMs: number;
  /** The same by the name of the program. */
  readonly programsMs: ReadonlyMap<string, number>;
  /** The share of the machine that others took meanwhile. */
  readonly others: number;
}

export type ThroughputRound = Readonly<Record<ExtenderArm, ThroughputWindow>>;

export interface ThroughputSize {
  readonly rounds: number;
  /** Placed first and not counted: until then the compiler of V8 is at work, and connections are made. */
  readonly warmUp: number;
  readonly pods: number;
}

const NAMESPACE = 'throughput';

export async function measureThroughput(lab: Lab, size: ThroughputSize): Promise<ThroughputRound[]> {
  await lab.cluster.addNamespace(NAMESPACE);
  return await inTurn(EXTENDERS, size.rounds, async (arm, round) => {
    const window = await measure(lab, arm, `bench-${arm}-${round}`, size);
    lab.say(`round ${round + 1}, ${arm}: ${window.podsPerSecond.toFixed(0)} pods/s`);
    return window;
  });
}

interface Running {
  readonly pid: number;
  readonly urlPrefix: string;
  stop(): Promise<void>;
}

async function startExtender(lab: Lab, arm: ExtenderArm): Promise<Running | null> {
  if (arm === 'none') return null;
  if (arm === 'temper') return await startTemper(lab);
  const watching = arm === 'go-watched' ? await startTemper(lab) : null;
  const peer = await startPeer(lab.peer, ['extender']);
  const stop = async (): Promise<void> => {
    await peer.stop();
    await watching?.stop();
  };
  return { pid: peer.pid, urlPrefix: `http://127.0.0.1:${peer.port}/scheduler`, stop };
}

async function startTemper(lab: Lab): Promise<Running> {
  const service = await startBundle(lab.cluster.kubeconfig, AS_SIDE_CAR);
  const port = service.ports.get('loopback');
  return { pid: service.child.pid ?? 0, urlPrefix: `http://127.0.0.1:${port}/scheduler`, stop: () => service.stop() };
}

/** As the chart runs it beside the second scheduler. */
const AS_SIDE_CAR = {
  webhook: { enabled: false },
  extender: { enabled: true, loopback: true },
  server: { loopbackPort: 0 },
};

/** The pods are there before the scheduler is: what is measured is the placing alone. */
async function measure(lab: Lab, arm: ExtenderArm, schedulerName: string, size: ThroughputSize) {
  const { warmUp, pods: wanted } = size;
  const made = Array.from({ length: warmUp + wanted }, (_, index) =>
    podOf(`web-${index}`, { schedulerName, priorityClassName: CLASS_NAMES[index % CLASS_NAMES.length] }),
  );
  await addPods(lab, NAMESPACE, made);
  const extender = await startExtender(lab, arm);
  const counting = countBound(lab, { warmUp, wanted, pid: extender?.pid ?? null });
  const scheduler = await lab.cluster.startScheduler({
    name: schedulerName,
    extender: extender === null ? null : extenderAt(extender.urlPrefix),
  });
  const window = await counting;
  await scheduler.stop();
  await extender?.stop();
  await clear(lab, NAMESPACE);
  lab.check();
  return window;
}

/** As the chart configures it, but for the time-out: one that is passed over would make the pods faster. */
const extenderAt = (urlPrefix: string): ExtenderWanted => ({
  urlPrefix,
  weight: 1,
  httpTimeoutMs: 30_000,
  ignorable: true,
});

interface Counted {
  readonly warmUp: number;
  readonly wanted: number;
  /** Of the extender. */
  readonly pid: number | null;
}

async function countBound({ pods }: Lab, { warmUp, wanted, pid }: Counted): Promise<ThroughputWindow> {
  const bound = new Set<string>();
  const cpu = (): number | null => (pid === null ? null : cpuSeconds(pid));
  let began = { at: 0, cpu: cpu(), machine: watchMachine() };
  await pods.until(
    'all pods are bound',
    () => bound.size === warmUp + wanted,
    (key, { namespace, node }) => {
      if (namespace !== NAMESPACE || node === null || bound.has(key)) return;
      bound.add(key);
      if (bound.size === warmUp) began = { at: performance.now(), cpu: cpu(), machine: watchMachine() };
    },
  );
  const seconds = (performance.now() - began.at) / 1000;
  const used = cpu();
  const { ours, others, byProgram } = began.machine();
  const perPod = (total: number): number => (total * 1000) / wanted;
  return {
    podsPerSecond: wanted / seconds,
    extenderMs: used === null || began.cpu === null ? null : perPod(used - began.cpu),
    allMs: perPod(ours),
    programsMs: new Map([...byProgram].map(([program, cpuUsed]) => [program, perPod(cpuUsed)])),
    others,
  };
}
