/**
 * Where each thread of the node belongs, from its cgroup and the tier that its pod was made with. Written apart
 * from `agent/layers`, from what the tiers promise: the agent's own code must not judge itself. Pure.
 */
import type { TierOrSystem } from '../../../../src/model/tier.ts';
import { podsRoot, type Qos } from './cgroup-names.ts';

/** A thread as `layer-of threads` prints it. */
export interface ThreadTruth {
  readonly tid: number;
  readonly pid: number;
  readonly isKernel: boolean;
  /** Whether another scheduling class runs it, so that it never has a layer. */
  readonly isRealTime: boolean;
  /** Index of the layer; null where the scheduler has given none yet, undefined where that could not be read. */
  readonly layer: number | null | undefined;
  /** CPU time since its start. */
  readonly runNs: bigint;
  /** From the mount, without a leading slash; empty for the root. */
  readonly cgroup: string;
  readonly comm: string;
}

/** A pod of the scenario. */
export interface ExpectedPod {
  /** Its cgroup, from the mount. */
  readonly path: string;
  /** Names of the layers that are right for its threads. */
  readonly layers: readonly string[];
}

export interface WrongThread {
  readonly thread: ThreadTruth;
  readonly got: string;
  readonly expected: readonly string[];
}

export interface Verdict {
  /** Threads that ran between the two looks; right or wrong. */
  readonly judged: readonly ThreadTruth[];
  /** Threads that did not run. */
  readonly waiting: number;
  /** Of those, the ones that are in a layer of before: no fault, but worth a line. */
  readonly outdated: readonly WrongThread[];
  readonly wrong: readonly WrongThread[];
}

/** How the scheduler finds a pod's layer: by prefixes of its config, or by its table of members. */
export type Matching = 'prefixes' | 'members';

/** The layers that are right for a pod. @param demoted whether Critical goes without its fence */
export function layersOf(tier: TierOrSystem, qos: Qos, demoted: boolean, matching: Matching): readonly string[] {
  switch (tier) {
    case 'critical':
      return [demoted ? 'critical' : 'critical-fenced'];
    case 'system':
      return ['system-pods'];
    case 'normal':
      return [qos === 'besteffort' && matching === 'prefixes' ? 'normal-besteffort' : 'normal'];
    default:
      return [tier];
  }
}

/** The layers for a thread of that cgroup. */
export function layersFor(
  thread: Pick<ThreadTruth, 'cgroup' | 'isKernel'>,
  pods: readonly ExpectedPod[],
): readonly string[] {
  if (thread.isKernel) return ['host'];
  const { cgroup } = thread;
  const pod = pods.find(({ path }) => isWithin(cgroup, path));
  if (pod !== undefined) return pod.layers;
  // A pod that nobody has told of is never among the host's.
  for (const driver of ['systemd', 'cgroupfs'] as const) {
    const root = podsRoot(driver);
    const bestEffort = driver === 'systemd' ? `${root}/kubepods-besteffort.slice` : `${root}/besteffort`;
    if (isWithin(cgroup, bestEffort)) return ['background'];
    if (isWithin(cgroup, root)) return ['normal'];
  }
  return isWithin(cgroup, 'system.slice') || isWithin(cgroup, 'init.scope') ? ['host'] : ['rest'];
}

/**
 * Judges the threads that ran between two looks, both made while the same scheduler was attached. A thread that
 * ran and has no layer is wrong too; one that changed its cgroup between the looks is not judged, nor one of another
 * scheduling class.
 *
 * @param names of the layers, by index
 */
export function judge(
  before: readonly ThreadTruth[],
  after: readonly ThreadTruth[],
  names: ReadonlyMap<number, string>,
  pods: readonly ExpectedPod[],
): Verdict {
  const earlier = new Map(before.map((thread) => [thread.tid, thread]));
  const comparable = after.filter((thread) => {
    const then = earlier.get(thread.tid);
    const isSame = then?.cgroup === thread.cgroup && then.pid === thread.pid;
    return isSame && thread.layer !== undefined && !thread.isRealTime;
  });
  const ran = ({ tid, runNs }: ThreadTruth): boolean => runNs > (earlier.get(tid)?.runNs ?? 0n);
  const judged = comparable.filter(ran);
  // One that sleeps keeps what it had before it was moved, and harms nobody: it is matched anew when it wakes up. Of 16
  // processes that joined a pod's cgroup by themselves 3 slept on in the layer of before; one wake-up later none did.
  const asleep = comparable.filter((thread) => !ran(thread));
  const matched = asleep.filter(({ layer }) => layer !== null);
  const misplaced = (thread: ThreadTruth): WrongThread[] => {
    const { layer } = thread;
    const got = layer === null || layer === undefined ? 'none' : (names.get(layer) ?? `layer ${layer}`);
    const expected = layersFor(thread, pods);
    return expected.includes(got) ? [] : [{ thread, got, expected }];
  };
  return {
    judged,
    waiting: asleep.length,
    outdated: matched.flatMap(misplaced),
    wrong: judged.flatMap(misplaced),
  };
}

/** One line a wrong thread, for people. */
export function describe({ thread, got, expected }: WrongThread): string {
  const { tid, comm, cgroup } = thread;
  return `thread ${tid} (${comm}) of /${cgroup} is in ${got}, not in ${expected.join(' or ')}`;
}

/** @throws Error for a line that `layer-of` does not print */
export function parseThreads(text: string): ThreadTruth[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const match = /^(\d+) (\d+) ([kru]) (\d+|-|\?) (\d+) (\S+) (.*)$/.exec(line);
      if (match === null) throw new Error(`layer-of printed: ${line}`);
      const [, tid, pid, kind, layer, runNs, cgroup, comm] = match as unknown as string[];
      return {
        tid: Number(tid),
        pid: Number(pid),
        isKernel: kind === 'k',
        isRealTime: kind === 'r',
        layer: layer === '-' ? null : layer === '?' ? undefined : Number(layer),
        runNs: BigInt(runNs ?? '0'),
        cgroup: (cgroup ?? '').slice(1),
        comm: comm ?? '',
      };
    });
}

export function isWithin(cgroup: string, folder: string): boolean {
  return cgroup === folder || cgroup.startsWith(`${folder}/`);
}
