import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineNow } from '../test/double/trace.ts';

/** Milliseconds from a chunk to a bare process until its line has come; see bare-update.ts. */
export async function bareUpdates(events: number): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'temper-bare-'));
  const socketPath = join(folder, 'socket');
  let heard = (_at: number): void => {};
  const lines = createServer((socket) => socket.on('data', () => heard(machineNow()))).listen(socketPath);
  const stream = Promise.withResolvers<ServerResponse>();
  const api = createHttpServer((_request, response) => {
    response.writeHead(200).flushHeaders();
    stream.resolve(response);
  }).listen(0, '127.0.0.1');
  await Promise.all([once(lines, 'listening'), once(api, 'listening')]);
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const child = fork(join(import.meta.dirname, 'bare-update.ts'), [url, socketPath]);
  try {
    const response = await stream.promise;
    const times: number[] = [];
    for (let event = 0; event < events; event += 1) {
      const came = new Promise<number>((resolve) => {
        heard = resolve;
      });
      const at = machineNow();
      response.write(`${JSON.stringify({ type: 'ADDED', object: { metadata: { uid: `pod-${event}` } } })}\n`);
      times.push((await came) - at);
    }
    return times;
  } finally {
    child.kill();
    await once(child, 'exit');
    api.closeAllConnections();
    api.close();
    lines.close();
    rmSync(folder, { recursive: true });
  }
}
