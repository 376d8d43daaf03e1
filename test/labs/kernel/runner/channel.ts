import { createReadStream, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { lineReader } from '../vm/lines.ts';
import type { GuestEvent, HostOrder } from './events.ts';

const PORTS = '/sys/class/virtio-ports';

export interface Channel {
  say(event: GuestEvent): void;
}

/** The virtio port that the host calls `lab`. */
export function openChannel(obey: (order: HostOrder) => void): Channel {
  const port = readdirSync(PORTS).find((name) => readFileSync(join(PORTS, name, 'name'), 'utf8').trim() === 'lab');
  if (port === undefined) throw new Error('the guest has no port named lab');
  const handle = openSync(join('/dev', port), 'r+');
  const orders = createReadStream('', { fd: handle, autoClose: false });
  orders.on('data', lineReader((line) => obey(JSON.parse(line))) as (chunk: Buffer | string) => void);
  return {
    say(event) {
      const line = Buffer.from(`${JSON.stringify(event)}\n`);
      for (let at = 0; at < line.length; ) at += writeSync(handle, line, at);
    },
  };
}
