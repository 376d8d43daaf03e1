// Latency of prioritize with 5,000 nodes known, beside a bare Fastify route that answers the same body
// with a constant: `npm run bench -- prioritize`.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { quantile } from './load.ts';
import { extenderArgs, KNOWN_NODES, REPLICAS } from './prioritize-body.ts';
import type { BenchResult } from './result.ts';

/** Targets: p99 of 2 ms at 500 names and of 10 ms at 5,000. */
export async function benchPrioritize({ smoke }: { smoke: boolean }): Promise<BenchResult> {
  const servers = ['temper', 'bare'].map((kind) => fork(join(import.meta.dirname, 'prioritize-server.ts'), [kind]));
  try {
    const [temper, bare] = await Promise.all(servers.map(portOf));
    const rows: BenchResult['rows'] = [];
    for (const names of [100, 500, 5000]) {
      const requests = smoke ? 50 : names < 5000 ? 4000 : 2000;
      rows.push(await compare(asker(temper ?? 0), asker(bare ?? 0), names, requests));
    }
    return { name: 'prioritize', rows, notes: notes(smoke) };
  } finally {
    for (const server of servers) server.disconnect();
  }
}

async function portOf(server: ChildProcess): Promise<number> {
  const ended = once(server, 'exit').then(([code]) => Promise.reject(new Error(`the server ended with code ${code}`)));
  const [{ port }] = (await Promise.race([once(server, 'message'), ended])) as [{ port: number }];
  return port;
}

/** Sends a body and gives the milliseconds until the whole answer was there. */
type Ask = (body: string, names: number) => Promise<number>;

/** One connection, kept open. */
function asker(port: number): Ask {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const options = { host: '127.0.0.1', port, path: '/scheduler/prioritize', method: 'POST', agent };
  return (body, names) =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const start = performance.now();
      const sent = request({ ...options, headers }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('end', () => {
          const took = performance.now() - start;
          const list: unknown = JSON.parse(Buffer.concat(chunks).toString());
          if (Array.isArray(list) && list.length === names) resolve(took);
          else reject(new Error(`status ${reply.statusCode}, not a score for each name`));
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
}

async function compare(askTemper: Ask, askBare: Ask, names: number, requests: number) {
  const warmUp = Math.ceil(requests / 5);
  const temper: number[] = [];
  const bare: number[] = [];
  for (let index = 0; index < warmUp + requests; index += 1) {
    const body = extenderArgs(index, names);
    temper.push(await askTemper(body, names));
    bare.push(await askBare(body, names));
  }
  return row(names, temper.slice(warmUp), bare.slice(warmUp));
}

function row(names: number, temper: number[], bare: number[]): Record<string, number> {
  const ms = (value: number): number => Math.round(value * 100) / 100;
  const [own, plain] = [temper, bare].map((times) => times.sort((a, b) => a - b)) as [number[], number[]];
  return {
    names,
    'p50 ms': ms(quantile(own, 0.5)),
    'p99 ms': ms(quantile(own, 0.99)),
    'bare p50 ms': ms(quantile(plain, 0.5)),
    'bare p99 ms': ms(quantile(plain, 0.99)),
    'p50 ratio': ms(quantile(own, 0.5) / quantile(plain, 0.5)),
    'p99 ratio': ms(quantile(own, 0.99) / quantile(plain, 0.99)),
  };
}

function notes(smoke: boolean): string[] {
  const size = (names: number) => `${Math.round(Buffer.byteLength(extenderArgs(0, names)) / 1000)} KB`;
  return [
    `${KNOWN_NODES} nodes known and fresh; bodies of ${size(100)}, ${size(500)} and ${size(5000)}; a pod of its own for each request, of all tiers in turn and of one Deployment with ${REPLICAS} replicas.`,
    'HTTP on the loopback, one connection kept open to each; both servers and the client are processes of their own, asked in turn.',
    ...(smoke ? ['Smoke: few requests, the figures mean nothing.'] : []),
  ];
}
