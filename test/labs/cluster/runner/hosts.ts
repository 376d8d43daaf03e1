import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { podCgroups } from '../../../../demo/agents/kubelet.ts';
import { AGENT_FLAGS } from '../../../../scripts/images/table.ts';
import type { Watched } from '../../../../src/kube/store.ts';
import type { DoubleFaults } from '../../../double/faults.ts';
import { aliveIn, playKernel } from '../../../double/play-kernel.ts';
import { type HostTree, hostTree, KERNEL_CONFIG } from '../../../support/host-tree.ts';
import type { ApiObject } from '../../../support/kube-client.ts';
import type { ImageRoot } from './programs.ts';

/**
 * Nodes on which an agent can enforce: a host of files for each, below the folder that pods of the node mount by hostPath,
 * and the double in place of scx_layered. What the agent sees of /sys, /boot and so on is what its pod mounts; only
 * procfs, which no pod mounts, is put there with the image.
 */
export interface Hosts {
  /** The image of the agent on a node, made for it when it is first asked for. */
  image(agent: ImageRoot, node: string, reference: string): ImageRoot;
  close(): void;
}

const REPOSITORY = join(import.meta.dirname, '../../../..');
/** In a container of the agent: where it looks for its host, … */
const ROOT = '/lab/host';
/** … where the double finds the kernel that it plays, … */
const KERNEL = '/lab/kernel';
const BIN = '/lab/bin';
const SOURCES = '/lab/temper';
const LINKS = ['sys', 'boot', 'lib/modules', 'run/temper', 'var/run/scx', 'var/lib/kubelet'];
const CPUS = 8;

/** Kernels that cannot, by what the node's name ends with. */
const KERNELS: Readonly<Record<string, (host: HostTree) => void>> = {
  'no-sched-ext': (host) => {
    host.setKernelConfig(KERNEL_CONFIG.replace('CONFIG_SCHED_CLASS_EXT=y', '# CONFIG_SCHED_CLASS_EXT is not set'));
    host.remove('sys/kernel/sched_ext');
  },
};
/** Builds that are bad, by the image's tag. */
const FAULTS: Readonly<Record<string, DoubleFaults>> = { 'never-attaches': { neverAttaches: true } };

export interface HostsOptions {
  readonly folder: string;
  folderOf(node: string): string;
  /** All of the cluster: those of the nodes have cgroups there. */
  readonly pods: Watched<ApiObject>;
}

export function createHosts({ folder, folderOf, pods }: HostsOptions): Hosts {
  const stops = new Map<string, () => void>();
  const root = join(folder, 'root');
  mkdirSync(join(root, 'proc'), { recursive: true });
  for (const path of LINKS) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(`/${path}`, join(root, path));
  }
  const mounts = new Map<string, string>();
  const cgroups = podCgroups(mounts);
  const keyOf = ({ metadata: { namespace, name } }: ApiObject): string => `${namespace}/${name}`;
  pods.subscribe((change) => {
    if (change.type === 'set') cgroups.see(change.key, change.value);
    else cgroups.gone(change.key);
  });
  const make = (node: string): void => {
    if (mounts.has(node)) return;
    const host = hostTree({ cpus: CPUS, root: folderOf(node), seenAt: ROOT });
    const { paths } = host;
    const kernel = Object.keys(KERNELS).find((suffix) => node.endsWith(suffix));
    if (kernel === undefined) stops.set(node, playKernel(paths, aliveIn('/proc')));
    else KERNELS[kernel]?.(host);
    mkdirSync(paths.modules, { recursive: true });
    mounts.set(node, paths.cgroup);
    for (const pod of pods.values()) cgroups.see(keyOf(pod), pod);
  };
  return {
    image(agent, node, reference) {
      make(node);
      const tag = reference.split(':').at(-1) ?? '';
      const [program = '', ...rest] = agent.entrypoint;
      return {
        entrypoint: [program, ...AGENT_FLAGS, ...rest],
        env: { PATH: `${BIN}:/usr/sbin:/usr/bin`, TEMPER_NODE_ROOT: ROOT },
        files: {
          ...agent.files,
          [BIN]: binaries(folder, tag, agent),
          [SOURCES]: REPOSITORY,
          [ROOT]: root,
          [`${ROOT}/proc`]: join(folderOf(node), 'proc'),
        },
        writable: { [KERNEL]: folderOf(node) },
      };
    },
    close() {
      for (const stop of stops.values()) stop();
    },
  };
}

/** The double under the name of the real one, and what judges a host. @returns the folder it is in */
function binaries(folder: string, tag: string, { entrypoint: [node = ''] }: ImageRoot): string {
  const bin = join(folder, `bin-${tag}`);
  if (existsSync(bin)) return bin;
  mkdirSync(bin);
  writeFileSync(join(bin, 'faults.json'), JSON.stringify(FAULTS[tag] ?? {}));
  const variables = [
    `DOUBLE_ROOT=${KERNEL}`,
    'DOUBLE_SOCKET=/var/run/scx/root/stats',
    `DOUBLE_FAULTS=${BIN}/faults.json`,
    'DOUBLE_BINARY=patched',
  ];
  const script = `#!/bin/sh
case "$1" in
  --version) echo 'scx_layered 1.1.4'; exit;;
  --help) printf '%s\\n' 'Usage: scx_layered' '--members <FILE>' '--standby <WHEN>' >&2; exit 255;;
esac
exec env ${variables.join(' ')} ${node} ${SOURCES}/test/double/scx-layered.ts "$@"
`;
  const program = (name: string, text: string): void => {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  };
  program('scx_layered', script);
  program('temper-cli', `#!/bin/sh\nexec ${node} ${SOURCES}/test/labs/cluster/runner/cli-on-host.ts "$@"\n`);
  return bin;
}
