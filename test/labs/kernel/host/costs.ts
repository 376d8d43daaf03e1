/**
 * CPU seconds of the emulator that each case took on the machine of the records, in its short form. It only decides
 * what begins first, so that guests side by side end together: a rough figure will do, and a case without one is taken
 * for a middling one. The table at the end of a run has them under "CPU".
 */
export const COSTS: Readonly<Record<string, number>> = {
  attach: 32,
  kconfig: 23,
  'no-sched-ext': 43,
  oracle: 62,
};
const MIDDLING = 100;
/** Of a guest until it takes its first case. */
export const BOOT_COST = 25;

export function costOf(name: string): number {
  return COSTS[name] ?? MIDDLING;
}
