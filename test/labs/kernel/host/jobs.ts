import { availableParallelism } from 'node:os';

/** Of the emulator itself: its code and what it has translated. */
const EMULATOR_MB = 700;
const MB = 1024 * 1024;

export interface Machine {
  readonly cpus: number;
  readonly freeMb: number;
}

export function thisMachine(): Machine {
  return { cpus: availableParallelism(), freeMb: process.availableMemory() / MB };
}

/**
 * How many guests run side by side. One that is emulated in a single thread has a clock that does not feel the others,
 * whatever it has for CPUs. One with a thread for each CPU has real time: it must not be short of them.
 */
export function guestsAtOnce(
  { cpus, freeMb }: Machine,
  hasThreads: boolean,
  guest: { cpus: number; memoryMb: number },
): number {
  const byCpu = Math.floor(hasThreads ? cpus / guest.cpus : cpus);
  const byMemory = Math.floor(freeMb / (guest.memoryMb + EMULATOR_MB));
  return Math.max(1, Math.min(byCpu, byMemory));
}
