// The client of bench/prioritize.ts: `node bench/prioritize-client.ts TEMPER-PORT BARE-PORT NAMES REQUESTS`. Asks
// both in turn and tells its parent the milliseconds of each request, `{ temper, bare }`.
import { Agent, request } from 'node:http';
import { extenderArgs } from './prioritize-body.ts';

const [temperPort = 0, barePort = 0, names = 0, requests = 0] = process.argv.slice(2).map(Number);

function asker(port: number): (body: string) => Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { 'content-type': 'application/json' };
  const options = { host: '127.0.0.1', port, path: '/scheduler/prioritize', method: 'POST', agent, headers };
  return (body) =>
    new Promise((resolve, reject) => {
      const start = performance.now();
      const sent = request(
        { ...options, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on('data', (chunk: Buffer) => chunks.push(chunk));
          reply.on('end', () => {
            const took = performance.now() - start;
            const list: unknown = JSON.parse(Buffer.concat(chunks).toString());
            if (Array.isArray(list) && list.length === names) resolve(took);
            else reject(new Error(`status ${reply.statusCode}, not a score for each name`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
}

const askTemper = asker(temperPort);
const askBare = asker(barePort);
const temper: number[] = [];
const bare: number[] = [];
for (let index = 0; index < requests; index += 1) {
  const body = extenderArgs(index, names);
  temper.push(await askTemper(body));
  bare.push(await askBare(body));
}
process.send?.({ temper, bare }, () => process.exit(0));
