// Shows that the patches apply to the pin as they are, and what stands in the way of another pin. Builds nothing.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PIN } from '../patches/pin.ts';
import { cacheOf, scratch } from './making/cache.ts';
import { CannotRun } from './making/cannot-run.ts';
import { compareWith } from './scx/against.ts';
import { applyExactly } from './scx/apply.ts';
import { unpackPinned } from './scx/crate.ts';
import { type Patch, readPatches } from './scx/patches.ts';

const USAGE = `npm run scx:check -- [options]
  --against VERSION   what upstream changed from the pin to there, and which hunks do not go in there; exit code 1 for any`;

function options() {
  try {
    return parseArgs({ options: { against: { type: 'string' }, help: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    throw new CannotRun(`${(error as Error).message}\n${USAGE}`);
  }
}

function describe({ name, files }: Patch): string {
  const hunks = files.flatMap((file) => file.hunks);
  const [added, removed] = [
    hunks.reduce((sum, one) => sum + one.added, 0),
    hunks.reduce((sum, one) => sum + one.removed, 0),
  ];
  return `${name}: +${added} -${removed} in ${files.map(({ path }) => path).join(', ')}; hunks: ${hunks.length}, all at offset 0`;
}

function main(): number {
  const { against, help } = options();
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const patches = readPatches();
  return scratch(cacheOf('scx_layered'), (folder) => {
    unpackPinned(PIN, join(folder, 'patched'));
    console.log(`${PIN.crate} ${PIN.version} is what is pinned, from upstream's commit ${PIN.commit}`);
    applyExactly(join(folder, 'patched'), patches);
    for (const patch of patches) console.log(describe(patch));
    if (patches.length === 0) console.log('the series is empty: stock');
    if (against === undefined) return 0;
    unpackPinned(PIN, join(folder, 'pin'));
    const { lines, fits } = compareWith(against, patches, folder);
    for (const line of lines) console.log(line);
    return fits ? 0 : 1;
  });
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof CannotRun ? error.message : error);
  process.exitCode = 1;
}
