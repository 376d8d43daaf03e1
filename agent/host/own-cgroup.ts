import { join } from 'node:path';
import { readTextSync } from './file-text.ts';
import type { HostPaths } from './paths.ts';

/** The agent's own cgroup, with a slash before it and none after it but at the root; or why it cannot be told. */
export type OwnCgroup = { readonly path: string } | { readonly why: string };

export function ownCgroup({ proc }: Pick<HostPaths, 'proc'>): OwnCgroup {
  const own = readTextSync(join(proc, 'self/cgroup'));
  const path = own.kind === 'text' ? /^0::(\/[\x20-\x7e]{0,500})$/m.exec(own.text)?.[1] : undefined;
  if (path === undefined) return { why: 'the own cgroup is not known' };
  if (path.split('/').includes('..')) return { why: 'the own cgroup lies outside the cgroup namespace' };
  return { path };
}
