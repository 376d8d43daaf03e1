import { join } from 'node:path';

/** Where the agent finds the host's files. Tests and the container image re-root them. */
export interface HostPaths {
  /** procfs of the host's PID namespace. */
  readonly proc: string;
  readonly sys: string;
  readonly boot: string;
  /** `/lib/modules`: some distributions keep the kernel's config there; may not be mounted. */
  readonly modules: string;
  /** The mount point of cgroup v2, seen from the host's root cgroup. */
  readonly cgroup: string;
  /** Of temper: the safe-mode file and the last config that worked, e.g. `/run/temper`. */
  readonly run: string;
  /** scx_layered's statistics socket, `/var/run/scx/root/stats`. */
  readonly statsSocket: string;
  /** The kubelet's own directory, for the state of its CPU manager; may not be mounted. */
  readonly kubelet: string;
}

/** @param root of the host's file system. @default '/' */
export function hostPaths(root = '/'): HostPaths {
  return {
    proc: join(root, 'proc'),
    sys: join(root, 'sys'),
    boot: join(root, 'boot'),
    modules: join(root, 'lib/modules'),
    cgroup: join(root, 'sys/fs/cgroup'),
    run: join(root, 'run/temper'),
    statsSocket: join(root, 'var/run/scx/root/stats'),
    kubelet: join(root, 'var/lib/kubelet'),
  };
}
