import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostsOf } from './services.ts';

/** What the cluster's DNS does for our pods: Services by name, in a file that every container has as /etc/hosts. */
export interface Names {
  /** Of this machine, by their path in a container. */
  readonly files: Readonly<Record<string, string>>;
  /** From now on. */
  set(services: readonly unknown[], slices: readonly unknown[]): void;
}

const LOOPBACK = '127.0.0.1 localhost';

export function createNames(folder: string): Names {
  mkdirSync(folder, { recursive: true });
  const hosts = join(folder, 'hosts');
  const order = join(folder, 'nsswitch.conf');
  writeFileSync(hosts, `${LOOPBACK}\n`);
  writeFileSync(order, 'hosts: files\n');
  return {
    files: { '/etc/hosts': hosts, '/etc/nsswitch.conf': order },
    // In place: containers have this very file mounted.
    set: (services, slices) => writeFileSync(hosts, `${[LOOPBACK, ...hostsOf(services, slices)].join('\n')}\n`),
  };
}
