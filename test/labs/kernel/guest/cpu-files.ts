/** What kubelet and runc write into a cgroup's CPU files for a request and a limit, millicores. Pure. */

const PERIOD_US = 100_000;
const LEAST_SHARES = 2;
const MOST_SHARES = 262_144;

function shares(requestMilli: number): number {
  return Math.min(MOST_SHARES, Math.max(LEAST_SHARES, Math.floor((requestMilli * 1024) / 1000)));
}

/** kubelet's `cpu.weight` of a pod, of a QoS class and of all pods: a straight line. 500m is 20. */
export function kubeletWeight(requestMilli: number): number {
  return Math.floor(1 + ((shares(requestMilli) - LEAST_SHARES) * 9_999) / (MOST_SHARES - LEAST_SHARES));
}

/** runc's `cpu.weight` of a container since 1.3.2: a curve through 100 for a CPU. 500m is 59. */
export function runcWeight(requestMilli: number): number {
  const log = Math.log2(shares(requestMilli));
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34));
}

/** `cpu.max`, of a pod as of a container. */
export function cpuMax(limitMilli: number): string {
  return `${Math.max(1_000, limitMilli * 100)} ${PERIOD_US}`;
}
