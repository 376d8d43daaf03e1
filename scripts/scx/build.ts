import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PIN, RECIPE } from '../../patches/pin.ts';
import { cacheOf, part, scratch } from '../making/cache.ts';
import { applyExactly } from './apply.ts';
import { cargoBuild, cargoTest, type Job, needCargo } from './cargo.ts';
import { readBuildScript, readCargo } from './cargo-words.ts';
import { unpackPinned } from './crate.ts';
import { ScxError } from './errors.ts';
import { nameOf } from './key.ts';
import type { Patch } from './patches.ts';

type Say = (text: string) => void;

/** scx_layered as pinned, with these patches or with none, built here once. @returns its path */
export function scxLayered(patches: readonly Patch[], say: Say, cache = cacheOf('scx_layered')): string {
  const name = nameOf(PIN, RECIPE, patches);
  const made = join(cache, name);
  const folder = part(cache, name, (out) => {
    const job = prepare(cache, out, made, patches);
    say(`builds scx_layered ${describe(patches)}: 6 minutes on two free cores, 2 where its parts are there`);
    const status = cargoBuild(job);
    if (existsSync(made)) return;
    judge(status, out);
    const patched = patches.map((patch) => patch.name);
    writeFileSync(
      join(out, 'made-of.json'),
      `${JSON.stringify({ pin: PIN, recipe: RECIPE, patches: patched }, null, 2)}\n`,
    );
  });
  return join(folder, 'bin/scx_layered');
}

/** The crate's own Rust tests and those that the patches bring, each time anew. @throws ScxError where one fails */
export function testScxLayered(patches: readonly Patch[], say: Say, cache = cacheOf('scx_layered')): void {
  scratch(cache, (out) => {
    const job = prepare(cache, out, join(out, 'never'), patches);
    say(`tests scx_layered ${describe(patches)}`);
    if (cargoTest(job) !== 0) throw new ScxError('SCX09', describe(patches));
  });
}

function prepare(cache: string, out: string, made: string, patches: readonly Patch[]): Job {
  needCargo();
  const [work, source] = [join(cache, 'work'), join(out, 'source')];
  mkdirSync(work, { recursive: true });
  unpackPinned(PIN, source);
  applyExactly(source, patches);
  return { work, source, out, made };
}

/** @throws ScxError where it did not compile, or with warnings */
function judge(status: number | null, out: string): void {
  const said = (name: string): string => (existsSync(join(out, name)) ? readFileSync(join(out, name), 'utf8') : '');
  const { errors, warnings } = readCargo(said('messages'));
  if (status !== 0) throw new ScxError('SCX08', `the build ended with ${status}\n${errors.join('\n')}`);
  const all = [...warnings, ...readBuildScript(said('build-script'))];
  if (all.length > 0) throw new ScxError('SCX08', `warnings\n${all.join('\n')}`);
  for (const name of ['messages', 'build-script']) rmSync(join(out, name));
}

function describe(patches: readonly Patch[]): string {
  return `${PIN.version}, ${patches.length === 0 ? 'stock' : `with ${patches.map(({ name }) => name).join(', ')}`}`;
}
