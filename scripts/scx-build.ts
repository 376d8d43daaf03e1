// Builds the pinned scx_layered with the patches of patches/series, or takes it out of the cache, and prints its path.
import { parseArgs } from 'node:util';
import { CannotRun } from './making/cannot-run.ts';
import { installPackages } from './making/packages.ts';
import { scxLayered, testScxLayered } from './scx/build.ts';
import { SCX_PACKAGES } from './scx/packages.ts';
import { readPatches } from './scx/patches.ts';

const USAGE = `npm run scx:build -- [options]
  --stock   without the patches
  --test    the crate's own Rust tests and those of the patches, instead of a binary`;

const say = (text: string): void => console.error(text);

function options() {
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({ options: { stock: flag, test: flag, help: flag } }).values;
  } catch (error) {
    throw new CannotRun(`${(error as Error).message}\n${USAGE}`);
  }
}

function main(): void {
  const { stock, test, help } = options();
  if (help) {
    say(USAGE);
    return;
  }
  const patches = stock ? [] : readPatches();
  installPackages(SCX_PACKAGES, say);
  if (test) testScxLayered(patches, say);
  else console.log(scxLayered(patches, say));
}

try {
  main();
} catch (error) {
  console.error(error instanceof CannotRun ? error.message : error);
  process.exitCode = 1;
}
