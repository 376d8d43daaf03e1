import { readFileSync } from 'node:fs';

const LOOK_MS = 1_000;
/** Not even CPU time is used: the emulator itself is stuck. */
const STUCK_MS = 300_000;
/** Of /proc/PID/stat; the same on all machines that Node runs on. */
const TICK_MS = 10;

/**
 * Notices a guest that says nothing. Measured in CPU time of its emulator, as a busy machine makes it slow and not dead.
 *
 * @param tell is called once, with the reason
 */
export function watchSilence(pid: number, cpuMs: number, tell: (reason: string) => void) {
  let heardAt = cpuTime(pid);
  let movedAt = performance.now();
  let last = heardAt;
  const timer = setInterval(() => {
    const now = cpuTime(pid);
    if (now !== last) movedAt = performance.now();
    last = now;
    if (now - heardAt > cpuMs) tell(`silent for ${cpuMs / 1000} s of CPU time`);
    else if (performance.now() - movedAt > STUCK_MS) tell(`stuck for ${STUCK_MS / 1000} s`);
  }, LOOK_MS);
  return {
    heard(): void {
      heardAt = last;
    },
    stop(): void {
      clearInterval(timer);
    },
  };
}

/** Milliseconds in user and kernel mode; 0 for a process that is gone. */
export function cpuTime(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return 0;
  }
}
