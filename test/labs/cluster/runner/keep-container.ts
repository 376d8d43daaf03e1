import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Running } from '../plane/process.ts';
import { rootOf, startContainer } from './container.ts';
import { environmentOf } from './environment.ts';
import { imageOf } from './images.ts';
import type { LabContainer, Probe } from './pod.ts';
import { ask, Verdict } from './probe.ts';
import { openRunLog, type RunLog } from './run-log.ts';
import type { PodDeps } from './run-pod.ts';
import type { ContainerState } from './status.ts';

export interface KeeperDeps extends Pick<PodDeps, 'pod' | 'network' | 'place' | 'images' | 'folder' | 'say'> {
  /** Folders of this machine, by the volume's name. */
  readonly volumes: ReadonlyMap<string, string>;
  readonly changed: (name: string, state: ContainerState) => void;
  /** Told as it has ended and is about to begin again. */
  readonly restarts: (name: string) => void;
  /** Nothing begins again after that. */
  readonly signal: AbortSignal;
}

/** As kubelet has them: while it waits for its next start, both are of the time before. */
export interface ContainerLogs {
  readonly last: RunLog;
  readonly previous: RunLog | null;
}

export interface Keeper {
  readonly running: ReadonlyMap<string, Running>;
  /** Of each container that has begun. */
  readonly logs: ReadonlyMap<string, ContainerLogs>;
  /** Runs a container, again and again as the policy says. @returns its last exit code */
  keep(container: LabContainer, policy: string): Promise<number>;
}

/** As kubelet's back-off, but short enough for a test. */
const BACKOFF_MS = [500, 1_000, 2_000, 5_000];
/** What it started and left behind may hold its output open. */
const KEPT_MS = 1_000;
/** What is kept of a log as termination message. */
const MESSAGE_BYTES = 2048;

export const now = (): string => new Date().toISOString().replace(/\.\d+/, '');

export function createKeeper(deps: KeeperDeps): Keeper {
  const { pod, folder, network, place, images, volumes, changed, signal } = deps;
  const running = new Map<string, Running>();
  const logs = new Map<string, ContainerLogs>();
  let runs = 0;

  const once = async (container: LabContainer): Promise<number> => {
    const image = imageOf(container.image);
    if (image === null) throw new Error(`the lab cannot run this pod: it has no image ${container.image}`);
    const { name } = container;
    const startedAt = now();
    const log = openRunLog(join(folder, `${name}.${runs++}.log`));
    logs.set(name, { last: log, previous: logs.get(name)?.last ?? null });
    const env = environmentOf(container, pod, place, images[image].env);
    const root = rootOf(folder, name);
    const one = startContainer(container, pod, images[image], { root, volumes, network: network.pid, env, log });
    running.set(name, one);
    const isReady = (ready: boolean): void => {
      if (one.end === null) changed(name, { kind: 'running', startedAt, ready });
    };
    isReady(container.readinessProbe === undefined);
    void watch(container, one, network.ip, isReady);
    const exitCode = codeOf(await one.ended);
    running.delete(name);
    await Promise.race([log.kept, pause(KEPT_MS, undefined, { ref: false })]);
    const hasMessage = exitCode !== 0 && container.terminationMessagePolicy === 'FallbackToLogsOnError';
    const message = hasMessage ? Buffer.from(log.text()).subarray(-MESSAGE_BYTES).toString() : '';
    const finished = { kind: 'terminated', exitCode, startedAt, finishedAt: now() } as const;
    changed(name, message === '' ? finished : { ...finished, message });
    return exitCode;
  };

  return {
    running,
    logs,
    async keep(container, policy) {
      for (let turn = 0; ; turn++) {
        const code = await once(container);
        if (signal.aborted || policy === 'Never' || (policy === 'OnFailure' && code === 0)) return code;
        deps.say(`${pod.metadata.name}/${container.name} ended with ${code}; begins again`);
        deps.restarts(container.name);
        const { last } = logs.get(container.name) ?? {};
        if (last !== undefined) logs.set(container.name, { last, previous: last });
        const backOff = BACKOFF_MS[Math.min(turn, BACKOFF_MS.length - 1)] ?? 0;
        const message = `back-off ${backOff} ms restarting failed container=${container.name}`;
        changed(container.name, { kind: 'waiting', reason: 'CrashLoopBackOff', message });
        await pause(backOff, undefined, { signal });
      }
    },
  };
}

/** Asks the probes until the container has ended. */
async function watch(
  container: LabContainer,
  one: Running,
  ip: string,
  isReady: (ready: boolean) => void,
): Promise<void> {
  const follow = async (probe: Probe, told: (holds: boolean) => void): Promise<void> => {
    const verdict = new Verdict(probe);
    await pause((probe.initialDelaySeconds ?? 0) * 1000);
    while (one.end === null) {
      const before = verdict.holds;
      verdict.hear(await ask(probe, container, ip));
      if (verdict.holds !== null && verdict.holds !== before) told(verdict.holds);
      await pause(probe.periodSeconds * 1000);
    }
  };
  const { readinessProbe, livenessProbe } = container;
  await Promise.all([
    readinessProbe && follow(readinessProbe, isReady),
    livenessProbe && follow(livenessProbe, (alive) => (alive ? undefined : one.kill('SIGTERM'))),
  ]);
}

/** A process ends with a number, or by a signal. */
function codeOf(end: string): number {
  const signals: Readonly<Record<string, number>> = { SIGKILL: 137, SIGTERM: 143, SIGINT: 130, SIGSEGV: 139 };
  return /^\d+$/.test(end) ? Number(end) : (signals[end] ?? 128);
}
