/**
 * CPU seconds of the emulator that each case took on the machine of the records, in its short form. It only decides
 * what begins first, so that guests side by side end together: a rough figure will do, and a case without one is taken
 * for a middling one. The table at the end of a run has them under "CPU".
 */
export const COSTS: Readonly<Record<string, number>> = {
  attach: 32,
  'deaths-of-the-agent': 180,
  ejection: 90,
  ends: 130,
  enforcing: 60,
  'foreign-scheduler': 80,
  kconfig: 23,
  'many-high-pods': 60,
  'many-low-pods': 60,
  'no-sched-ext': 43,
  oracle: 62,
  'placement-cgroupfs': 130,
  'placement-systemd': 130,
  'random-changes': 380,
  'safe-mode': 200,
  'what-attaching-drops': 140,
};
const MIDDLING = 100;
/** Of a guest until it takes its first case. */
export const BOOT_COST = 25;

export function costOf(name: string): number {
  return COSTS[name] ?? MIDDLING;
}
