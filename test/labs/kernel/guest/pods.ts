import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { containerFolder, type Driver, podFolder, podsRoot, type Qos, qosFolder } from './cgroup-names.ts';
import { cpuMax, kubeletWeight, runcWeight } from './cpu-files.ts';
import { until } from './until.ts';

/** A pod as kubelet sees it. */
export interface PodShape {
  readonly uid: string;
  readonly qos: Qos;
  /** Millicores. */
  readonly requestMilli: number;
  /** Millicores; null where no container has one. */
  readonly limitMilli: number | null;
}

/** The cgroups of one pod; paths are from the mount. */
export interface PodCgroups {
  readonly path: string;
  readonly pause: string;
  /** Of its container. */
  readonly container: string;
  /** The pod's inode, which is the cgroup's id. */
  readonly id: bigint;
  /** Before its directory was made, by the clock of `process.hrtime`. */
  readonly madeAtNs: bigint;
  /** Ends all that runs in it and takes the directories away, as kubelet does. */
  remove(): Promise<void>;
}

/** The part of the node's cgroup tree that kubelet, the runtime and systemd own. */
export interface CgroupTree {
  readonly mount: string;
  readonly driver: Driver;
  /** Makes a pod's directories; `started` starts the pause process, `gapMs` is the time from one directory to the next. */
  addPod(pod: PodShape, gapMs?: number, started?: (pause: string) => void): Promise<PodCgroups>;
  /** A directory that is no pod's, as `system.slice/containerd.service`. @returns its path from the mount */
  addSlice(path: string): string;
  /** Ends all that runs in what was made, and takes it away. */
  remove(): Promise<void>;
}

const CONTROLLERS = ['cpuset', 'cpu', 'io', 'memory', 'pids'];
/** The kernel gives a cgroup up a little after its last process. */
const REMOVAL_MS = 30_000;
/** All pods together have what kubelet calls allocatable: for the lab a generous number of CPUs. */
const ALLOCATABLE_MILLI = 8_000;

/** @param mount of cgroup v2 */
export function cgroupTree(driver: Driver, mount = '/sys/fs/cgroup'): CgroupTree {
  const root = podsRoot(driver);
  const slices = new Set<string>();
  const make = (path: string): string => {
    mkdirSync(join(mount, path), { recursive: true });
    return path;
  };
  const write = (path: string, file: string, text: string): void => writeControl(join(mount, path, file), text);

  enable(mount);
  make(root);
  enable(join(mount, root));
  write(root, 'cpu.weight', `${kubeletWeight(ALLOCATABLE_MILLI)}`);
  for (const qos of ['burstable', 'besteffort'] as const) enable(join(mount, make(qosFolder(driver, qos))));
  write(qosFolder(driver, 'besteffort'), 'cpu.weight', `${kubeletWeight(0)}`);

  return {
    mount,
    driver,
    async addPod({ uid, qos, requestMilli, limitMilli }, gapMs = 0, started = () => {}) {
      const madeAtNs = process.hrtime.bigint();
      const path = make(podFolder(driver, qos, uid));
      enable(join(mount, path));
      write(path, 'cpu.weight', `${kubeletWeight(requestMilli)}`);
      if (limitMilli !== null) write(path, 'cpu.max', cpuMax(limitMilli));
      await gap(gapMs);
      const pause = make(containerFolder(driver, path, newId()));
      write(pause, 'cpu.weight', `${runcWeight(0)}`);
      started(join(mount, pause));
      await gap(gapMs);
      const container = make(containerFolder(driver, path, newId()));
      write(container, 'cpu.weight', `${runcWeight(requestMilli)}`);
      if (limitMilli !== null) write(container, 'cpu.max', cpuMax(limitMilli));
      const { ino } = statSync(join(mount, path), { bigint: true });
      return { path, pause, container, id: ino, madeAtNs, remove: () => removeTree(join(mount, path)) };
    },
    addSlice(path) {
      const parts = path.split('/');
      for (let depth = 1; depth < parts.length; depth++) enable(join(mount, make(parts.slice(0, depth).join('/'))));
      slices.add(path);
      return make(path);
    },
    async remove() {
      for (const path of [...slices, root]) await removeTree(join(mount, path));
    },
  };
}

function newId(): string {
  return randomBytes(32).toString('hex');
}

async function gap(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Passes on to the children of a directory what controllers it has itself. */
function enable(directory: string): void {
  for (const controller of CONTROLLERS) writeControl(join(directory, 'cgroup.subtree_control'), `+${controller}`);
}

/** A kernel without the controller has no such file, or refuses; the lab's own kernel has `cpu`, and a case that needs it looks. */
function writeControl(path: string, text: string): void {
  try {
    if (existsSync(path)) writeFileSync(path, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EINVAL') throw error;
  }
}

/** Ends all that runs in a cgroup and takes it away, with those below it. @param directory its full path */
export async function removeTree(directory: string): Promise<void> {
  await until(`the cgroup ${directory} is gone`, () => removed(directory), REMOVAL_MS);
}

/** Each time anew: a process may have joined since. */
function removed(directory: string): boolean {
  try {
    writeFileSync(join(directory, 'cgroup.kill'), '1');
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isDirectory() && !removed(join(directory, entry.name))) return false;
    }
    rmdirSync(directory);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    if (code === 'EBUSY') return false;
    throw error;
  }
}
