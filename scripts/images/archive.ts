import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratch } from '../making/cache.ts';
import { run } from '../making/run.ts';
import { type Image, PATH } from './table.ts';

/**
 * Packs a root as an OCI image layout that also says what Docker wants to hear, so that containerd, podman and docker load it.
 * The same files give the same bytes: names sorted, no owner, one time.
 *
 * @param epoch seconds; SOURCE_DATE_EPOCH
 * @returns the digest of the image
 */
export function pack(image: Image, root: string, tag: string, epoch: number, to: string): string {
  return scratch(join(to, '..'), (folder) => {
    const blobs = join(folder, 'blobs/sha256');
    mkdirSync(blobs, { recursive: true });
    const put = (text: string | Buffer): { digest: string; size: number } => {
      const digest = createHash('sha256').update(text).digest('hex');
      writeFileSync(join(blobs, digest), text);
      return { digest: `sha256:${digest}`, size: Buffer.byteLength(text) };
    };
    const layer = join(folder, 'layer.tar');
    tar(layer, root, epoch);
    const hash = createHash('sha256').update(readFileSync(layer)).digest('hex');
    renameSync(layer, join(blobs, hash));
    const created = new Date(epoch * 1000).toISOString();
    const architecture = ARCHITECTURES[process.arch] ?? process.arch;
    const config = put(
      JSON.stringify({
        created,
        architecture,
        os: 'linux',
        config: {
          User: image.user,
          Env: [`PATH=${PATH}`, 'NODE_ENV=production'],
          Entrypoint: image.entrypoint,
          WorkingDir: '/',
        },
        rootfs: { type: 'layers', diff_ids: [`sha256:${hash}`] },
        history: [{ created, created_by: 'temper' }],
      }),
    );
    const type = 'application/vnd.oci.image';
    const manifest = put(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: `${type}.manifest.v1+json`,
        config: { mediaType: `${type}.config.v1+json`, ...config },
        layers: [
          { mediaType: `${type}.layer.v1.tar`, digest: `sha256:${hash}`, size: statSync(join(blobs, hash)).size },
        ],
      }),
    );
    const name = `${image.name}:${tag}`;
    const index = {
      mediaType: `${type}.manifest.v1+json`,
      ...manifest,
      annotations: { 'io.containerd.image.name': name },
    };
    writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [index] }));
    writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    const blob = (digest: string): string => `blobs/sha256/${digest.replace('sha256:', '')}`;
    const docker = [{ Config: blob(config.digest), RepoTags: [name], Layers: [`blobs/sha256/${hash}`] }];
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(docker));
    tar(join(to, `.${image.name}.tar`), folder, epoch);
    renameSync(join(to, `.${image.name}.tar`), join(to, `${image.name}.tar`));
    return manifest.digest;
  });
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

function tar(to: string, folder: string, epoch: number): void {
  const same = [
    '--sort=name',
    `--mtime=@${epoch}`,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--format=ustar',
    '--mode=go-w',
  ];
  run('tar', ['-cf', to, ...same, '-C', folder, '.']);
}
