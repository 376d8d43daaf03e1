import { createListWatch, type ListWatch } from '../../../../src/kube/list-watch.ts';
import type { KubeTransport } from '../../../../src/kube/transport.ts';
import { systemClock } from '../../../../src/telemetry/system-clock.ts';

/** A store of what is at a path, in real time; what breaks it off is nobody's concern here. */
export function watched<T>(transport: KubeTransport, path: string, read: (object: unknown) => T | null): ListWatch<T> {
  const observer = { restarted: () => {}, unreadable: () => {}, problem: () => {}, recovered: () => {} };
  const resource = { name: path, path, read };
  return createListWatch({ resource, transport, clock: systemClock, random: Math.random, observer });
}
