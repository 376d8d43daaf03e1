import { availableParallelism } from 'node:os';
import type { Accel } from '../vm/command.ts';

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
 * How many guests run side by side. An emulated one is a single thread, whatever it has for CPUs, and its clock does
 * not feel the others. One in KVM has a thread for each CPU and real time: it must not be short of them.
 */
export function guestsAtOnce(
  { cpus, freeMb }: Machine,
  accel: Accel,
  guest: { cpus: number; memoryMb: number },
): number {
  const byCpu = Math.floor(accel === 'tcg' ? cpus : cpus / guest.cpus);
  const byMemory = Math.floor(freeMb / (guest.memoryMb + EMULATOR_MB));
  return Math.max(1, Math.min(byCpu, byMemory));
}
