import type { Buffer } from 'node:buffer';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { fieldOf, type Place } from './environment.ts';
import type { LabPod, LabVolume } from './pod.ts';

/** Where the content of volumes comes from. Null for an object that does not exist. */
export interface Sources {
  configMap(namespace: string, name: string): Promise<Readonly<Record<string, string>> | null>;
  /** Decoded. */
  secret(namespace: string, name: string): Promise<Readonly<Record<string, Buffer>> | null>;
  /** Bound to the pod. */
  token(pod: LabPod, expirationSeconds: number | undefined, audience: string | undefined): Promise<string>;
}

type Files = Record<string, string | Buffer>;

/** The object is not there: kubelet waits for it, and so do we. */
export class Missing extends Error {}

/** What a volume holds now, by path; null for one that has no content of its own. @throws Missing */
export async function contentOf(
  volume: LabVolume,
  pod: LabPod,
  place: Place,
  sources: Sources,
  known?: Files,
): Promise<Files | null> {
  const { namespace } = pod.metadata;
  if (volume.configMap !== undefined) {
    return chosen(await sources.configMap(namespace, volume.configMap.name), volume.configMap, 'ConfigMap');
  }
  if (volume.secret !== undefined) {
    const { secretName: name, ...rest } = volume.secret;
    return chosen(await sources.secret(namespace, name), { name, ...rest }, 'Secret');
  }
  if (volume.projected === undefined) return null;
  const files: Files = {};
  for (const { serviceAccountToken, configMap, secret, downwardAPI } of volume.projected.sources) {
    if (serviceAccountToken !== undefined) {
      const { path, expirationSeconds, audience } = serviceAccountToken;
      // A token is kept as long as the pod: runs of the lab are shorter than the life of one.
      files[path] = known?.[path] ?? (await sources.token(pod, expirationSeconds, audience));
    }
    if (configMap !== undefined)
      Object.assign(files, chosen(await sources.configMap(namespace, configMap.name), configMap, 'ConfigMap'));
    if (secret !== undefined)
      Object.assign(files, chosen(await sources.secret(namespace, secret.name), secret, 'Secret'));
    for (const { path, fieldRef } of downwardAPI?.items ?? []) files[path] = fieldOf(fieldRef.fieldPath, pod, place);
  }
  return files;
}

interface Choice {
  readonly name: string;
  readonly items?: ReadonlyArray<{ readonly key: string; readonly path: string }> | undefined;
  readonly optional?: boolean | undefined;
}

function chosen(data: Readonly<Files> | null, { name, items, optional }: Choice, kind: string): Files {
  if (data === null) {
    if (optional === true) return {};
    throw new Missing(`${kind} ${name} not found`);
  }
  if (items === undefined) return { ...data };
  return Object.fromEntries(
    items.map(({ key, path }) => {
      const value = data[key];
      if (value === undefined) throw new Missing(`${kind} ${name} has no key ${key}`);
      return [path, value];
    }),
  );
}

export const modeOf = ({ configMap, secret, projected }: LabVolume): number =>
  configMap?.defaultMode ?? secret?.defaultMode ?? projected?.defaultMode ?? 0o644;

const DATA = '..data';

/**
 * Puts files into a folder as kubelet does: all of a version appear at once, by a link that is moved. Writes nothing where
 * nothing has changed.
 *
 * @param before what was there the last time
 */
export function publishFiles(
  folder: string,
  files: Files,
  mode: number,
  group: number | undefined,
  before?: Files,
): void {
  if (before !== undefined && isDeepStrictEqual(files, before)) return;
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const old = existsSync(join(folder, DATA)) ? readlinkSync(join(folder, DATA)) : null;
  // Two within a millisecond are two.
  const version = `..${Date.now()}-${process.hrtime.bigint()}`;
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, version, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    writeFileSync(file, content, { mode });
    if (group !== undefined) chownSync(file, 0, group);
  }
  mkdirSync(join(folder, version), { recursive: true });
  symlinkSync(version, join(folder, `${DATA}.new`));
  renameSync(join(folder, `${DATA}.new`), join(folder, DATA));
  for (const path of Object.keys(files)) {
    const top = path.split('/')[0] ?? '';
    if (!existsSync(join(folder, top))) {
      rmSync(join(folder, top), { force: true });
      symlinkSync(join(DATA, top), join(folder, top));
    }
  }
  if (old !== null) rmSync(join(folder, old), { recursive: true, force: true });
}
