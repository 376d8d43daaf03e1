/**
 * CPU seconds of the emulator that each case took on the machine of the records, in its short form. It decides what
 * begins first, so that guests side by side end together, and lists tell it: a rough figure will do, and a case without
 * one is taken for a middling one. The table at the end of a run has them under "CPU".
 */
export const COSTS: Readonly<Record<string, number>> = {
  'agent-upgrade': 120,
  attach: 7,
  calibration: 18,
  'calibration-stock': 22,
  'cpu-offline': 25,
  'crowd-patched': 95,
  'deaths-of-the-agent': 57,
  'deaths-of-the-child': 55,
  ejection: 27,
  ends: 38,
  'ends-stock': 33,
  enforcing: 29,
  'enforcing-stock': 28,
  'failed-handover': 100,
  'foreign-scheduler': 24,
  'four-cpus': 34,
  'gaps-stock': 172,
  kconfig: 8,
  'live-changes': 58,
  'live-membership': 32,
  'live-numbers': 10,
  'many-high-pods': 23,
  'many-low-pods': 24,
  'no-sched-ext': 11,
  oracle: 15,
  'placement-cgroupfs': 31,
  'placement-systemd': 26,
  'placement-systemd-stock': 39,
  'random-changes': 140,
  'random-live-changes': 400,
  'safe-mode': 49,
  socket: 15,
  stability: 73,
  'stability-control': 44,
  'stability-control-patched': 30,
  standby: 36,
  starvation: 75,
  verifier: 7,
  'what-attaching-drops': 56,
};
const MIDDLING = 50;
/** Of a guest until it takes its first case. */
export const BOOT_COST = 10;

export function costOf(name: string): number {
  return COSTS[name] ?? MIDDLING;
}

/** For people. */
export function priceOf(name: string): string {
  const cost = COSTS[name];
  return cost === undefined ? 'not measured' : `some ${cost} s of CPU`;
}
