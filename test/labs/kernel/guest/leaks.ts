import { readdirSync } from 'node:fs';
import { PROGRAMS } from './programs.ts';
import { bpfObjects } from './truth.ts';
import { until } from './until.ts';

/** What the agent may leave in its run directory. */
const FILES: ReadonlySet<string> = new Set([
  'layers.json',
  'last-known-good.json',
  'members.json',
  'safe-mode',
  'agents',
]);
/** The kernel frees BPF objects after the last one that uses them, in its own time. */
const FREE_MS = 20_000;

export type Objects = Awaited<ReturnType<typeof bpfObjects>>;

export function objectsNow(): Promise<Objects> {
  return bpfObjects(PROGRAMS.layerOf);
}

/** @throws Error where the kernel holds more BPF objects than before, with how many */
export async function noObjectsMoreThan(before: Objects): Promise<void> {
  let now = before;
  const gone = async (): Promise<boolean> => {
    now = await objectsNow();
    return now.programs <= before.programs && now.maps <= before.maps && now.links <= before.links;
  };
  await until(
    'no BPF object is left',
    gone,
    FREE_MS,
    () => `${JSON.stringify(before)} before, ${JSON.stringify(now)} now`,
  );
}

/** @throws Error for a file of the agent that is none of those it keeps */
export function onlyKnownFiles(): void {
  const unknown = readdirSync('/run/temper').filter((name) => !FILES.has(name));
  if (unknown.length > 0) throw new Error(`left in /run/temper: ${unknown.join(' ')}`);
}

/** Open files of a process. */
export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
