import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Running, startTied } from '../plane/process.ts';
import { expand } from './environment.ts';
import type { LabContainer, LabPod } from './pod.ts';
import type { ImageRoot } from './programs.ts';
import type { OpenRunLog } from './run-log.ts';

export interface ContainerPlace {
  /** Becomes its root. */
  readonly root: string;
  /** Its own files are mounted here, by volume. */
  readonly volumes: ReadonlyMap<string, string>;
  /** Of the process that holds the pod's network. */
  readonly network: number;
  readonly env: Readonly<Record<string, string>>;
  readonly log: OpenRunLog;
}

/**
 * Begins in a mount namespace of its own. Arguments: the root, whether it is read-only, pairs of what is mounted where
 * (`ro` or `rw` before each), `--`, and the command.
 */
const ENTER = `set -e
root=$1 readonly=$2; shift 2
mount --bind "$root" "$root"
while [ "$1" != -- ]; do
  target="$root$3"
  if [ -d "$2" ]; then mkdir -p "$target"; else mkdir -p "$(dirname "$target")"; touch "$target"; fi
  mount --rbind "$2" "$target"
  [ "$1" = rw ] || mount -o remount,bind,ro "$target"
  shift 3
done
shift
mkdir -p "$root/proc" "$root/dev" "$root/tmp"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
[ "$readonly" = no ] || mount -o remount,bind,ro "$root"
exec chroot "$root" "$@"`;

/** Starts a container as a process: its image's files, its volumes, its user, the pod's network. */
export function startContainer(container: LabContainer, pod: LabPod, image: ImageRoot, place: ContainerPlace): Running {
  mkdirSync(place.root, { recursive: true, mode: 0o755 });
  const mounts = [
    ...Object.entries(image.files).map(([target, source]) => ({ how: 'ro', source, target })),
    ...Object.entries(image.writable ?? {}).map(([target, source]) => ({ how: 'rw', source, target })),
    ...container.volumeMounts.map(({ name, mountPath, readOnly = false }) => {
      const source = place.volumes.get(name);
      if (source === undefined) throw new Error(`the pod has no volume ${name}`);
      return { how: readOnly ? 'ro' : 'rw', source, target: mountPath };
    }),
  ];
  // /etc/a before /etc/a/b, whatever the order of the manifest.
  mounts.sort((a, b) => (a.target < b.target ? -1 : 1));
  const command = (container.command ?? image.entrypoint).map((word) => expand(word, place.env));
  const args = container.args.map((word) => expand(word, place.env));
  const readOnly = container.securityContext?.readOnlyRootFilesystem === true;
  const words = [
    ...['-t', String(place.network), '-n', 'unshare', '--mount', 'sh', '-c', ENTER, 'sh'],
    ...[place.root, readOnly ? 'yes' : 'no'],
    ...mounts.flatMap(({ how, source, target }) => [how, source, target]),
    ...[
      '--',
      'setpriv',
      '--pdeathsig',
      'KILL',
      ...userOf(container, pod, image),
      '--',
      ...fromImage(command, image),
      ...args,
    ],
  ];
  return startTied({
    name: container.name,
    program: 'nsenter',
    args: words,
    logFile: place.log.file,
    take: place.log.take,
    env: { ...place.env },
  });
}

/** A command without a path is looked for where the image has its own. */
function fromImage([program = '', ...rest]: readonly string[], { entrypoint }: ImageRoot): string[] {
  const own = entrypoint[0] ?? '';
  return [!program.includes('/') && own.endsWith(`/${program}`) ? own : program, ...rest];
}

/** @throws Error as kubelet, where a pod that must not be root would be */
function userOf({ securityContext = {} }: LabContainer, { spec }: LabPod, image: ImageRoot): string[] {
  const user = securityContext.runAsUser ?? spec.securityContext.runAsUser ?? image.user ?? 0;
  const group = securityContext.runAsGroup ?? spec.securityContext.runAsGroup ?? 0;
  const notRoot = securityContext.runAsNonRoot ?? spec.securityContext.runAsNonRoot ?? false;
  if (notRoot && user === 0) throw new Error('container has runAsNonRoot and image will run as root');
  const groups =
    spec.securityContext.fsGroup === undefined
      ? ['--clear-groups']
      : ['--groups', String(spec.securityContext.fsGroup)];
  const dropped = securityContext.capabilities?.drop?.includes('ALL') === true && securityContext.privileged !== true;
  const without = dropped ? ['--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'] : [];
  return [`--reuid=${user}`, `--regid=${group}`, ...groups, ...without];
}

/** Where a container's own files are, below the pod's folder. */
export const rootOf = (podFolder: string, container: string): string => join(podFolder, 'containers', container);
