import { chmodSync, chownSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from './environment.ts';
import type { LabPod, LabVolume } from './pod.ts';
import { contentOf, Missing, modeOf, publishFiles, type Sources } from './volumes.ts';

export interface MountedVolumes {
  /** Folders of this machine, by the volume's name. */
  readonly paths: ReadonlyMap<string, string>;
  /** Nothing is refreshed any more. */
  close(): void;
}

export interface VolumeDeps {
  readonly pod: LabPod;
  readonly place: Place;
  readonly sources: Sources;
  readonly folder: string;
  readonly hostFolder: string;
  readonly say: (text: string) => void;
}

const REFRESH_MS = 1_000;

/** Makes all volumes of a pod, and keeps those that follow an object of the API up to date. @throws Missing */
export async function mountVolumes({
  pod,
  place,
  sources,
  folder,
  hostFolder,
  say,
}: VolumeDeps): Promise<MountedVolumes> {
  const paths = new Map<string, string>();
  const group = pod.spec.securityContext.fsGroup;
  const known = new Map<LabVolume, Awaited<ReturnType<typeof contentOf>>>();
  const refresh = async (volume: LabVolume): Promise<void> => {
    const before = known.get(volume) ?? undefined;
    const files = await contentOf(volume, pod, place, sources, before);
    known.set(volume, files);
    const path = join(folder, 'volumes', volume.name);
    if (files !== null) publishFiles(path, files, modeOf(volume), group, before);
  };
  for (const volume of pod.spec.volumes) {
    const path =
      volume.hostPath === undefined ? join(folder, 'volumes', volume.name) : join(hostFolder, volume.hostPath.path);
    if (volume.hostPath?.type === 'Directory' && !existsSync(path))
      throw new Missing(`no ${volume.hostPath.path} here`);
    mkdirSync(path, { recursive: true, mode: 0o755 });
    if (volume.emptyDir !== undefined) open(path, group);
    await refresh(volume);
    paths.set(volume.name, path);
  }
  const following = pod.spec.volumes.filter((volume) => (known.get(volume) ?? null) !== null);
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void Promise.all(following.map(refresh))
      // As kubelet: what was mounted stays, and the next turn tries again.
      .catch((error: Error) => say(`${pod.metadata.name}: a volume stays as it is: ${error.message}`))
      .finally(() => {
        busy = false;
      });
  }, REFRESH_MS);
  return { paths, close: () => clearInterval(timer) };
}

/** Of everybody in the pod, as kubelet leaves it. */
function open(path: string, group: number | undefined): void {
  chmodSync(path, 0o777);
  if (group !== undefined) chownSync(path, 0, group);
}
