import type { FileText } from '../../host/file-text.ts';
import { type Check, type Finding, fail, notRead, pass, warn } from '../check.ts';
import type { GateFacts, MemoryLimit } from '../facts.ts';
import { isOursAttached } from './scheduler-free.ts';

/** One scx_layered takes some 160 MiB of kernel memory, charged to its cgroup, and as much for a moment while it loads. */
const ONE_MIB = 256n;
/** While one hands over to the next, there are two. */
const TWO_MIB = 512n;

const MIB = 1024n * 1024n;

export const memory: Check = {
  id: 'TMP3029',
  name: 'memory',
  judge(facts) {
    if (isOursAttached(facts)) return pass('scx_layered is loaded already');
    const { meminfo } = facts;
    if (meminfo.kind !== 'text') return fail(`/proc/meminfo ${notRead(meminfo)}`);
    const available = availableMib(meminfo.text);
    if (available === null) return fail('/proc/meminfo does not tell MemAvailable');
    const limit = limitOf(facts);
    if (available < ONE_MIB)
      return fail(`${available} MiB of memory are available; a scheduler takes ${ONE_MIB} MiB to load`);
    if (limit?.verdict === 'fail') return limit;
    if (available < TWO_MIB) return warn(handover(`${available} MiB of memory are available`));
    return limit ?? pass(`${available} MiB of memory are available`);
  },
};

function availableMib(meminfo: string): bigint | null {
  const kib = /^MemAvailable:\s*(\d{1,15}) kB$/m.exec(meminfo)?.[1];
  return kib === undefined ? null : BigInt(kib) / 1024n;
}

/** Why a second scheduler must not be loaded beside the attached one; null where there is memory for both. */
export function shortForTwo(meminfo: FileText, limit: MemoryLimit): string | null {
  const short = shortBeside(meminfo);
  if (short !== null) return short;
  // The limit counts both, and beyond it the kernel kills, perhaps the one that enforces.
  if (!limit.known) return `the agent's own memory limit is not known: ${limit.why}`;
  if (limit.bytes === null || limit.bytes / MIB >= TWO_MIB) return null;
  return `the memory limit of cgroup ${limit.cgroup} is ${limit.bytes / MIB} MiB; two schedulers take ${TWO_MIB} MiB`;
}

/** The same of the node alone, whatever the limits. */
export function shortBeside(meminfo: FileText): string | null {
  const available = meminfo.kind === 'text' ? availableMib(meminfo.text) : null;
  if (available === null) return 'how much memory is available cannot be told';
  // The attached one has had its own already.
  if (available >= ONE_MIB) return null;
  return `${available} MiB of memory are available; a second scheduler takes ${ONE_MIB} MiB`;
}

/** Null where no limit is in the way. */
function limitOf({ process }: GateFacts): Finding | null {
  if (process === null) return null;
  const limit = process.memoryLimit;
  if (!limit.known) return warn(`the agent's own memory limit is not known: ${limit.why}`);
  if (limit.bytes === null) return null;
  const mib = limit.bytes / MIB;
  const text = `the memory limit of cgroup ${limit.cgroup} is ${mib} MiB`;
  if (mib < ONE_MIB)
    return fail(`${text}; a scheduler takes ${ONE_MIB} MiB to load`, "Raise the agent's memory limit.");
  return mib < TWO_MIB ? warn(handover(text)) : null;
}

function handover(text: string): string {
  return `${text}: enough for one scheduler, not for the ${TWO_MIB} MiB of two while one takes over from the other`;
}
