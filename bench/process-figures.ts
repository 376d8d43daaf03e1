import { readdirSync, readFileSync } from 'node:fs';

/** The kernel's clock tick, which /proc counts CPU time in. */
const TICKS_PER_SECOND = 100;

/** CPU time that a process has used so far, seconds. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The same to the nanosecond, milliseconds: of the threads that it has now. */
export function cpuMilliseconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const used = threads.map((tid) => Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]));
  return used.reduce((sum, ns) => sum + ns, 0) / 1e6;
}

/** Memory that a process holds now, MB. */
export function rssMb(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round((Number(line) * 1024) / 1e6);
}
