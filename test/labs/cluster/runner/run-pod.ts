import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Place } from './environment.ts';
import type { Image } from './images.ts';
import { type ContainerLogs, createKeeper, type Keeper, now } from './keep-container.ts';
import { type MountedVolumes, mountVolumes } from './mount-volumes.ts';
import type { PodNetwork } from './network.ts';
import type { LabPod } from './pod.ts';
import type { ImageRoot } from './programs.ts';
import type { ContainerState, KnownPod } from './status.ts';
import { Missing, type Sources } from './volumes.ts';

export interface PodDeps {
  readonly pod: LabPod;
  readonly network: PodNetwork;
  readonly place: Place;
  readonly images: Readonly<Record<Image, ImageRoot>>;
  readonly sources: Sources;
  /** Of this pod alone. */
  readonly folder: string;
  /** Where its node keeps what pods mount by hostPath. */
  readonly hostFolder: string;
  /** Told whenever its status is another. */
  readonly changed: (known: KnownPod) => void;
  readonly say: (text: string) => void;
}

/** A pod that runs as processes of this machine. */
export interface RunningPod {
  /** As kubelet: SIGTERM, side cars last, SIGKILL when the grace is over. */
  end(graceSeconds: number): Promise<void>;
  readonly pod: LabPod;
  readonly network: PodNetwork;
  /** Undefined for a container that has not begun. */
  logs(container: string): ContainerLogs | undefined;
}

const RETRY_MS = 1_000;

export function runPod(deps: PodDeps): RunningPod {
  const { pod, folder, network } = deps;
  const states = new Map<string, ContainerState>();
  const restarts = new Map<string, number>();
  const lastEnds = new Map<string, ContainerState>();
  const stopped = new AbortController();
  const place = { podIp: network.ip, hostIp: deps.place.hostIp };
  const known: KnownPod = { ...place, pod, startTime: now(), states, restarts, lastEnds };
  let volumes: MountedVolumes | null = null;
  let keeper: Keeper | null = null;
  mkdirSync(folder, { recursive: true, mode: 0o755 });

  const setAll = (reason: string, message: string): void => {
    for (const { name } of pod.spec.containers) states.set(name, { kind: 'waiting', reason, message });
    deps.changed(known);
  };

  /** What is not there yet is waited for. */
  const mounted = async (): Promise<MountedVolumes> => {
    for (;;) {
      try {
        return await mountVolumes(deps);
      } catch (error) {
        if (!(error instanceof Missing)) throw error;
        setAll('ContainerCreating', error.message);
        await pause(RETRY_MS, undefined, { signal: stopped.signal });
      }
    }
  };

  const work = async (): Promise<void> => {
    volumes = await mounted();
    keeper = createKeeper({
      ...deps,
      volumes: volumes.paths,
      signal: stopped.signal,
      restarts(name) {
        restarts.set(name, (restarts.get(name) ?? 0) + 1);
        const end = states.get(name);
        if (end !== undefined) lastEnds.set(name, end);
      },
      changed(name, state) {
        states.set(name, state);
        deps.changed(known);
      },
    });
    await runAll(pod, keeper, failed);
  };
  const failed = (error: Error): void => {
    if (stopped.signal.aborted) return;
    deps.say(`${pod.metadata.namespace}/${pod.metadata.name}: ${error.message}`);
    setAll('CreateContainerError', error.message);
  };
  const done = work().catch(failed);

  return {
    pod,
    network,
    logs: (container) => keeper?.logs.get(container),
    async end(graceSeconds) {
      stopped.abort();
      if (keeper !== null) await endAll(pod, keeper, graceSeconds);
      await done;
      volumes?.close();
      network.close();
      rmSync(join(folder, 'containers'), { recursive: true, force: true });
    },
  };
}

/** Init containers one after the other, side cars among them stay; then all others at once. */
async function runAll({ spec }: LabPod, keeper: Keeper, failed: (error: Error) => void): Promise<void> {
  const { initContainers, containers, restartPolicy } = spec;
  const untilDone = restartPolicy === 'Never' ? 'Never' : 'OnFailure';
  for (const container of initContainers) {
    if (container.restartPolicy === 'Always') void keeper.keep(container, 'Always').catch(failed);
    else if ((await keeper.keep(container, untilDone)) !== 0) return;
  }
  await Promise.all(containers.map((container) => keeper.keep(container, restartPolicy)));
  // What only helped the others ends with them.
  for (const one of keeper.running.values()) one.kill('SIGTERM');
}

async function endAll({ spec }: LabPod, { running }: Keeper, graceSeconds: number): Promise<void> {
  const sidecars = new Set(spec.initContainers.flatMap((one) => (one.restartPolicy === 'Always' ? [one.name] : [])));
  const deadline = performance.now() + graceSeconds * 1000;
  for (const last of [false, true]) {
    const part = [...running.values()].filter(({ name }) => sidecars.has(name) === last);
    const ended = Promise.all(part.map((one) => one.ended));
    for (const one of part) one.kill('SIGTERM');
    const over = new AbortController();
    const late = pause(Math.max(0, deadline - performance.now()), undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([ended, late]);
    over.abort();
    for (const one of part) one.kill('SIGKILL');
    await ended;
  }
}
