import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ctx } from './case.ts';

/** What stands between a scheduler and its extender, and is in the way. Both end with the case. */

/** Hands on what it is asked at once, and the answer late. @param target URL of the verbs @returns its own */
export async function lateFront(ctx: Ctx, target: string, lateMs: number): Promise<string> {
  const server = createHttpServer((request, response) => {
    const answer = async (): Promise<void> => {
      const body = await buffer(request);
      const url = `${target}${request.url}`;
      const headers = { 'content-type': 'application/json' };
      const answered = await fetch(url, { method: 'POST', headers, body }).then((one) => one.text());
      await pause(lateMs, undefined, { ref: false });
      response.setHeader('content-type', 'application/json').end(answered);
    };
    answer().catch(() => response.destroy());
  });
  ctx.after(() => server.closeAllConnections());
  return await listen(ctx, server);
}

/** Accepts, and never answers. */
export async function blackHole(ctx: Ctx): Promise<string> {
  const held: Socket[] = [];
  const server = createTcpServer((socket) => {
    held.push(socket.on('error', () => {}).resume());
  });
  ctx.after(() => {
    for (const socket of held) socket.destroy();
  });
  return await listen(ctx, server);
}

async function listen(ctx: Ctx, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ctx.after(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
