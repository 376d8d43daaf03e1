import { PIN } from '../../patches/pin.ts';
import { applyPatch, describeFaults } from './apply.ts';
import { commitOf, getCrate, unpack } from './crate.ts';
import type { Patch } from './patches.ts';
import { type Change, compareTrees } from './upstream.ts';

export interface Against {
  readonly lines: readonly string[];
  /** Each patch goes in there as it is, at offset 0. */
  readonly fits: boolean;
}

/** What moving the pin to another version would mean. @param folder to work in, with the pin in `pin` */
export function compareWith(version: string, patches: readonly Patch[], folder: string): Against {
  const crate = getCrate(PIN.crate, version);
  unpack(crate, `${folder}/other`);
  const changes = compareTrees(folder, 'pin', 'other');
  const faults = new Map(
    patches.map((patch) => [patch.name, describeFaults(patch, applyPatch(`${folder}/other`, patch))]),
  );
  const pinned = `version '${version}', sha256 '${crate.sha256}', commit '${commitOf(`${folder}/other`)}'`;
  return {
    lines: [`as a pin: ${pinned}`, ...describeAgainst(version, patches, changes, faults)],
    fits: [...faults.values()].every(({ length }) => length === 0),
  };
}

/** @param faults what does not go in as it is, by patch */
export function describeAgainst(
  version: string,
  patches: readonly Patch[],
  changes: readonly Change[],
  faults: ReadonlyMap<string, readonly string[]>,
): string[] {
  const touched = new Set(patches.flatMap(({ files }) => files.map(({ path }) => path)));
  const shared = changes.filter(({ path }) => touched.has(path));
  const others = changes.length - shared.length;
  return [
    `from ${PIN.version} to ${version} upstream changed ${shared.length} of the ${touched.size} files that the patches touch, and ${others} others`,
    ...shared.map((change) => `  ${change.path}: ${describeChange(change)}`),
    ...patches.flatMap(({ name }) => describePatch(name, faults.get(name) ?? [])),
  ];
}

function describeChange({ added, removed, only }: Change): string {
  if (only === 'before') return 'is gone';
  return only === 'after' ? `is new, +${added}` : `+${added} -${removed}`;
}

function describePatch(name: string, faults: readonly string[]): string[] {
  if (faults.length === 0) return [`${name}: goes in as it is`];
  return [`${name}: needs to be rebased`, ...faults.map((fault) => `  ${fault}`)];
}
