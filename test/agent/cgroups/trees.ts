import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createCgroupScanner, type ScannerOptions, type ScanResult } from '../../../agent/cgroups/scan.ts';
import type { CgroupTree } from '../../../agent/cgroups/tree.ts';
import { hostPaths } from '../../../agent/host/paths.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** A directory tree in place of the cgroup mount: directories have inodes there too. */
export interface Fixture {
  /** Of the re-rooted host. */
  readonly root: string;
  readonly mount: string;
  /** Makes directories, given relative to the mount. */
  make(...paths: string[]): void;
  remove(path: string): void;
  id(path: string): bigint;
}

export function fixture(t: TestContext, ...paths: string[]): Fixture {
  const root = mkdtempSync(join(tmpdir(), 'temper-cgroups-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const mount = hostPaths(root).cgroup;
  mkdirSync(mount, { recursive: true });
  const made: Fixture = {
    root,
    mount,
    make: (...more) => {
      for (const path of more) mkdirSync(join(mount, path), { recursive: true });
    },
    remove: (path) => rmSync(join(mount, path), { recursive: true }),
    id: (path) => statSync(join(mount, path), { bigint: true }).ino,
  };
  made.make(...paths);
  return made;
}

export function scannerOf({ root }: Fixture, options: Partial<ScannerOptions> = {}) {
  return createCgroupScanner({ paths: hostPaths(root), clock: new FakeClock(), ...options });
}

/** The tree as one scan finds it. */
export function scanned(
  made: Fixture,
  known: Iterable<string> = [],
  options: Partial<ScannerOptions> = {},
): CgroupTree {
  return treeIn(scannerOf(made, options).scan(new Set(known)));
}

export function treeIn(result: ScanResult): CgroupTree {
  if (!result.ok) throw new Error(result.problem);
  return result.tree;
}

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A container id that the label stands for. */
export const containerId = (label: string | number): string => hex(`container ${label}`);

/** A static pod's hash. */
export const hashOf = (label: string | number): string => hex(`static ${label}`).slice(0, 32);

/** A pod's uid, with dashes. */
export function uidOf(label: string | number): string {
  const [, ...parts] = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(hex(`pod ${label}`)) ?? [];
  return parts.join('-');
}

export const underscored = (uid: string): string => uid.replaceAll('-', '_');
