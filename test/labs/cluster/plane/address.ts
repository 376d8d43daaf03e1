/**
 * A loopback address that no other copy of the lab has: all of 127/8 is this machine's, so each copy takes one that
 * follows from its process number, and every port of it is free.
 */
export function addressOf(pid: number): string {
  return `127.${64 + ((pid >> 16) & 63)}.${(pid >> 8) & 255}.${pid & 255}`;
}

/** What listens where, as everywhere else in the world of Kubernetes. */
export const PORTS = {
  etcd: 2379,
  etcdPeers: 2380,
  apiserver: 6443,
  kwok: 10247,
  /** Of every node: the lab has one kubelet. */
  kubelet: 10250,
  controllerManager: 10257,
  scheduler: 10259,
} as const;

/** Of the Services; their addresses lead nowhere unless a case makes them. */
export const SERVICE_RANGE = '10.96.0.0/16';
/** What the API server's own Service gets, the first of the range. */
export const API_SERVICE_IP = '10.96.0.1';
