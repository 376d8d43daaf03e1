import { mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

let made = 0;

/** A directory of the test's own on a mounted cgroup v2; null where there is none or it may not be written. */
export function cgroupMount(t: TestContext): string | null {
  const [, mount] = /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/mounts', 'utf8')) ?? [];
  if (mount === undefined) return null;
  made += 1;
  const own = join(mount, `temper-test-${process.pid}-${made}`);
  try {
    mkdirSync(own);
  } catch {
    return null;
  }
  t.after(() => removeCgroups(own));
  return own;
}

/** Cgroups go one by one, the innermost first: their control files cannot be removed. */
export function removeCgroups(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) removeCgroups(join(path, entry.name));
  }
  rmdirSync(path);
}
