import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { growPart } from '../../../../scripts/making/cache.ts';
import { goBuild, needGo } from './go.ts';
import { PROGRAMS, type Program, type ProgramName, versionIn } from './programs.ts';

/** Paths of what was built. */
export type Built = Readonly<Record<ProgramName, string>>;

const MODULES = join(import.meta.dirname, 'modules');
const FLAGS = ['-trimpath', '-buildvcs=false', '-p', '2'];

/**
 * Builds what is missing, one program after the other, and says how far it is. What was built before stays, whatever
 * breaks this off.
 */
export async function buildPrograms(
  cache: string,
  say: (text: string) => void,
  names = Object.keys(PROGRAMS) as ProgramName[],
): Promise<Built> {
  const go = needGo();
  const built: Partial<Record<ProgramName, string>> = {};
  for (const [index, name] of names.entries()) {
    const program = PROGRAMS[name];
    const part = partName(program, go);
    if (!existsSync(join(cache, part))) say(`builds ${name} (${index + 1} of ${names.length})`);
    built[name] = join(await growPart(cache, part, (folder) => build(cache, program, part, folder, say)), name);
  }
  return built as Built;
}

async function build(
  cache: string,
  program: Program,
  part: string,
  folder: string,
  say: (text: string) => void,
): Promise<void> {
  const started = performance.now();
  const module = join(MODULES, program.module);
  const args = [...flagsOf(program), '-ldflags', linkFlags(program), '-o', join(folder, program.name), program.path];
  await goBuild({ cache, module, args, made: join(cache, part), say });
  say(`built ${program.name} in ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

/** Another go.mod, another compiler, other flags or another source of ours, another part. */
function partName(program: Program, go: string): string {
  const module = join(MODULES, program.module);
  const sources = readdirSync(module)
    .sort()
    .map((file) => readFileSync(join(module, file), 'utf8'));
  const hash = createHash('sha256').update(
    JSON.stringify([go, flagsOf(program), linkFlags(program), program.path, sources]),
  );
  return `${program.name}-${hash.digest('hex').slice(0, 16)}`;
}

const flagsOf = ({ tags }: Program): string[] => [...FLAGS, ...(tags === undefined ? [] : ['-tags', tags.join()])];

function linkFlags({ stamps, versionOf, module }: Program): string {
  const version = versionIn(readFileSync(join(MODULES, module, 'go.mod'), 'utf8'), versionOf);
  const set = Object.entries(stamps(version)).flatMap(([name, value]) => ['-X', `${name}=${value}`]);
  return ['-s', '-w', ...set].join(' ');
}
