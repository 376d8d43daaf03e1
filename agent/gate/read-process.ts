import { access, constants, readlink, realpath, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type FileText, failure, readTextSync } from '../host/file-text.ts';
import { ownCgroup } from '../host/own-cgroup.ts';
import type { HostPaths } from '../host/paths.ts';
import type { BinaryFact, MemoryLimit, ProcessFacts } from './facts.ts';

/** What the agent will start. A name without a slash is looked for in `searchPath`. */
export interface AgentBinaries {
  readonly scheduler: string;
  readonly setpriv: string;
  /** As `PATH`: directories with colons between them. */
  readonly searchPath: string;
}

export async function readProcess(paths: HostPaths, agent: AgentBinaries): Promise<ProcessFacts> {
  const self = join(paths.proc, 'self');
  return {
    pidNamespace: await readLink(join(self, 'ns/pid')),
    secondComm: readTextSync(join(paths.proc, '2/comm')),
    status: readTextSync(join(self, 'status')),
    uidMap: readTextSync(join(self, 'uid_map')),
    memoryLimit: readMemoryLimit(paths),
    scheduler: await readBinary(agent.scheduler, agent.searchPath),
    setpriv: await readBinary(agent.setpriv, agent.searchPath),
  };
}

async function readLink(path: string): Promise<FileText> {
  try {
    return { kind: 'text', text: await readlink(path) };
  } catch (error) {
    return failure(error);
  }
}

/** A limit anywhere above the own cgroup holds too, so all of them are looked at. */
export function readMemoryLimit(paths: HostPaths): MemoryLimit {
  const own = ownCgroup(paths);
  if ('why' in own) return { known: false, why: own.why };
  const names = own.path.split('/').filter((name) => name !== '');
  let lowest: MemoryLimit = { known: true, bytes: null, cgroup: own.path };
  for (let depth = names.length; depth > 0; depth--) {
    const cgroup = names.slice(0, depth).join('/');
    const limit = readTextSync(join(paths.cgroup, cgroup, 'memory.max'));
    if (limit.kind !== 'text') return { known: false, why: `memory.max of /${cgroup} is not readable` };
    if (limit.text === 'max') continue;
    if (!/^\d{1,20}$/.test(limit.text)) return { known: false, why: `memory.max of /${cgroup} is no number` };
    const bytes = BigInt(limit.text);
    if (lowest.bytes === null || bytes < lowest.bytes) lowest = { known: true, bytes, cgroup: `/${cgroup}` };
  }
  return lowest;
}

async function readBinary(name: string, searchPath: string): Promise<BinaryFact> {
  if (name.includes('/')) return readFileFact(name);
  for (const dir of searchPath.split(delimiter).filter((entry) => entry.startsWith('/'))) {
    const found = await readFileFact(join(dir, name));
    if (found.problem === null) return found;
  }
  return { path: name, problem: 'it is in none of the directories of PATH', realPath: null };
}

async function readFileFact(path: string): Promise<BinaryFact> {
  try {
    if (!(await stat(path)).isFile()) return { path, problem: 'it is no file', realPath: null };
    const realPath = await realpath(path);
    await access(path, constants.X_OK);
    return { path, problem: null, realPath };
  } catch (error) {
    const why = failure(error);
    const problem =
      why.kind === 'absent'
        ? 'there is no such file'
        : `it may not be run: ${why.kind === 'unreadable' ? why.why : ''}`;
    return { path, problem, realPath: null };
  }
}
