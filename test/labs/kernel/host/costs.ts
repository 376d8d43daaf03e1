/**
 * CPU seconds of the emulator that each case took on the machine of the records, in its short form. It only decides
 * what begins first, so that guests side by side end together: a rough figure will do, and a case without one is taken
 * for a middling one. The table at the end of a run has them under "CPU".
 */
export const COSTS: Readonly<Record<string, number>> = {
  'agent-upgrade': 350,
  attach: 21,
  calibration: 85,
  'cpu-offline': 90,
  'deaths-of-the-agent': 163,
  'deaths-of-the-child': 195,
  ejection: 86,
  ends: 96,
  enforcing: 78,
  'foreign-scheduler': 56,
  'four-cpus': 110,
  kconfig: 19,
  'live-changes': 180,
  'live-membership': 120,
  'live-numbers': 75,
  'many-high-pods': 62,
  'many-low-pods': 66,
  'no-sched-ext': 26,
  oracle: 52,
  'placement-cgroupfs': 110,
  'placement-systemd': 108,
  'random-changes': 394,
  'random-live-changes': 150,
  'safe-mode': 153,
  socket: 69,
  stability: 248,
  'stability-control': 124,
  standby: 170,
  starvation: 105,
  'what-attaching-drops': 143,
};
const MIDDLING = 100;
/** Of a guest until it takes its first case. */
export const BOOT_COST = 25;

export function costOf(name: string): number {
  return COSTS[name] ?? MIDDLING;
}
