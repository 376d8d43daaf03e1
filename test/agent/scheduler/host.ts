import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostPaths, hostPaths } from '../../../agent/host/paths.ts';
import type { SupervisedScheduler } from '../../../agent/scheduler/create-scheduler.ts';
import { createRealScheduler } from '../../../agent/scheduler/real-scheduler.ts';
import type { SchedulerExit, SchedulerState } from '../../../agent/scheduler/scheduler.ts';
import { systemClock } from '../../../src/telemetry/system-clock.ts';
import type { DoubleFaults } from '../../double/faults.ts';
import { aliveIn, playKernel } from '../../double/play-kernel.ts';
import { replaceFile } from '../../double/replace-file.ts';
import { fileKernel } from '../../double/sched-ext.ts';
import { GUARD_MS } from '../../support/embedded.ts';
import { ownTime } from '../../support/own-time.ts';
import { noneInTheRest } from './support.ts';

export const isAlive = aliveIn(hostPaths().proc);

/** A host's files in a temporary directory, a kernel that is played, and the real procfs. */
export interface Host {
  readonly root: string;
  readonly paths: HostPaths;
  readonly environment: Readonly<Record<string, string>>;
  fault(faults: DoubleFaults): void;
  /** Puts processes into a cgroup. */
  cgroup(path: string, pids: readonly number[]): void;
  dispose(): void;
}

export function host(binary: 'stock' | 'patched' = 'stock'): Host {
  const root = mkdtempSync(join(tmpdir(), 'temper-scheduler-'));
  const paths = pathsBelow(root);
  fileKernel(paths.sys).set({ state: 'disabled', ops: null, enableSeq: 0, hotplugSeq: 0, nrRejected: 0 });
  const stopKernel = playKernel(paths, isAlive);
  const faultFile = join(root, 'faults.json');
  return {
    root,
    paths,
    environment: {
      PATH: process.env['PATH'] ?? '',
      DOUBLE_ROOT: root,
      DOUBLE_SOCKET: paths.statsSocket,
      DOUBLE_BINARY: binary,
      DOUBLE_FAULTS: faultFile,
    },
    fault: (faults) => replaceFile(faultFile, JSON.stringify(faults)),
    cgroup(path, pids) {
      const folder = join(paths.cgroup, path);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'cgroup.procs'), pids.map((pid) => `${pid}\n`).join(''));
    },
    dispose() {
      stopKernel();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Processes are real, so theirs is the real procfs. */
export function pathsBelow(root: string): HostPaths {
  return { ...hostPaths(root), proc: hostPaths().proc };
}

export const PROGRAM = [process.execPath, join(import.meta.dirname, '../../double/scx-layered.ts')];

export function supervise(
  { paths, environment }: Pick<Host, 'paths' | 'environment'>,
  exits: SchedulerExit[] = [],
  updates: string[] = [],
): SupervisedScheduler {
  return createRealScheduler({
    paths,
    clock: systemClock,
    program: PROGRAM,
    kconfig: null,
    environment,
    verifyLayers: noneInTheRest,
    ...(environment['DOUBLE_BINARY'] === 'patched' && { room: { shortage: () => Promise.resolve(null) } }),
    observer: {
      exited: (exit) => void exits.push(exit),
      updated: (kind) => void updates.push(kind),
      live() {},
      gap() {},
      changed() {},
    },
  });
}

/** Resolves with the milliseconds it took; rejects with the state where it takes longer, without what the machine withheld. */
export function until(
  scheduler: SupervisedScheduler,
  what: string,
  holds: (state: SchedulerState) => boolean,
  withinMs = GUARD_MS,
): Promise<number> {
  const start = performance.now();
  const own = ownTime();
  return new Promise((resolve, reject) => {
    const check = (): void => {
      if (!holds(scheduler.state)) return;
      clearTimeout(limit);
      resolve(performance.now() - start);
    };
    const expire = (): void => {
      const left = withinMs - own();
      if (left > 0) {
        limit = setTimeout(expire, left);
        return;
      }
      const { phase, reason } = scheduler.state;
      reject(new Error(`${what}: not within ${withinMs} ms; ${phase}: ${reason}`));
    };
    let limit = setTimeout(expire, withinMs);
    scheduler.subscribe(check);
    check();
  });
}
