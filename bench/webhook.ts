// Throughput and latency of the webhook over TLS with keep-alive, the real service beside a bare Fastify route that
// parses and answers the same body: `npm run bench -- webhook`.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { embedded } from '../test/support/embedded.ts';
import { fixture } from '../test/support/fixtures.ts';
import { httpsClient } from '../test/support/https-client.ts';
import { type ServiceProcess, startServiceProcess } from '../test/support/service-process.ts';
import { type Load, type LoadResult, load, quantile } from './load.ts';
import { cpuSeconds } from './process-figures.ts';
import type { BenchResult } from './result.ts';

const CONNECTIONS = 8;
const BODIES = { 'one container': 'shop-burstable-create', '40 containers': 'shop-many-create' } as const;

interface Window extends LoadResult {
  readonly cpuMs: number;
}

/** Target: at least half of the bare route's requests a second. */
export async function benchWebhook({ smoke }: { smoke: boolean }): Promise<BenchResult> {
  const rounds = smoke ? 1 : 7;
  const warmUp = smoke ? 1 : 5;
  const seconds = smoke ? 0.3 : 2;
  const cluster = await embedded();
  const service = startServiceProcess({ kubeconfig: cluster.kubeconfig });
  let bare: ChildProcess | undefined;
  try {
    await service.ready();
    service.quiet();
    bare = fork(join(import.meta.dirname, 'bare-server.ts'), [service.file('tls.crt'), service.file('tls.key')]);
    const [{ port }] = (await once(bare, 'message')) as [{ port: number }];
    const rows: BenchResult['rows'] = [];
    for (const [pod, file] of Object.entries(BODIES)) {
      rows.push(
        await compare(pod, fixture(`admission/${file}.json`), { service, bare, port, rounds, warmUp, seconds }),
      );
    }
    return { name: 'webhook over TLS', rows, notes: notes(rounds, warmUp, seconds) };
  } finally {
    bare?.kill();
    await service.stop();
    await cluster.close();
  }
}

interface Servers {
  readonly service: ServiceProcess;
  readonly bare: ChildProcess;
  readonly port: number;
  readonly rounds: number;
  /** Windows before those: the compiler takes some ten thousand reviews to be through with what a review runs. */
  readonly warmUp: number;
  readonly seconds: number;
}

async function compare(pod: string, body: string, { service, bare, port, rounds, warmUp, seconds }: Servers) {
  const common = { ca: service.ca.cert, body, connections: CONNECTIONS };
  const temperLoad = { ...common, port: service.ports.get('https') ?? 0, path: '/mutate?timeout=2s' };
  const bareLoad = { ...common, port, path: `/mutate?timeout=2s&patch=${await patchSize(temperLoad)}` };
  const temper: Window[] = [];
  const plain: Window[] = [];
  // Alternating, so that whatever else the machine does falls on both.
  for (let round = 0; round < warmUp + rounds; round += 1) {
    temper.push(await measure(temperLoad, service.child, seconds));
    plain.push(await measure(bareLoad, bare, seconds));
  }
  return row(pod, body, temper.slice(warmUp), plain.slice(warmUp));
}

/** How long the base64 of temper's patch is, so that both answer with as much. */
async function patchSize(target: Load): Promise<number> {
  const client = httpsClient(target.ca, 1);
  const { body } = await client.post(target.port, target.path, target.body);
  client.close();
  return (JSON.parse(body) as { response: { patch: string } }).response.patch.length;
}

async function measure(target: Load, server: ChildProcess, seconds: number): Promise<Window> {
  const pid = server.pid ?? 0;
  const cpu = cpuSeconds(pid);
  const end = performance.now() + seconds * 1000;
  const result = await load(target, () => performance.now() >= end);
  return { ...result, cpuMs: (cpuSeconds(pid) - cpu) * 1000 };
}

function row(pod: string, body: string, temper: readonly Window[], bare: readonly Window[]) {
  const perSecond = (windows: readonly Window[]): number[] =>
    windows.map(({ requests, seconds }) => requests / seconds);
  const ratios = perSecond(temper).map((rate, index) => rate / (perSecond(bare)[index] ?? Number.NaN));
  const latency = (windows: readonly Window[], share: number): number =>
    round2(median(windows.map(({ times }) => quantile(times, share))));
  const cpu = (windows: readonly Window[]): number =>
    Math.round(median(windows.map(({ cpuMs, requests }) => (cpuMs / requests) * 1000)));
  return {
    pod: `${pod}, ${Math.round(Buffer.byteLength(body) / 1000)} KB`,
    'requests/s': Math.round(median(perSecond(temper))),
    'bare requests/s': Math.round(median(perSecond(bare))),
    'share of bare': `${Math.round(median(ratios) * 100)} %`,
    'server CPU, µs': cpu(temper),
    'bare CPU, µs': cpu(bare),
    'p50 ms': latency(temper, 0.5),
    'p99 ms': latency(temper, 0.99),
    'bare p50 ms': latency(bare, 0.5),
    'bare p99 ms': latency(bare, 0.99),
  };
}

const round2 = (value: number): number => Math.round(value * 100) / 100;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function notes(rounds: number, warmUp: number, seconds: number): string[] {
  return [
    `${CONNECTIONS} kept-alive TLS connections, one request at a time on each; the client, both servers and the stand-in API server share the machine.`,
    `Median of ${rounds} windows of ${seconds} s for each, alternating, after ${warmUp} more to warm up; the share is the median of the pairs.`,
    'temper decides, patches, counts and logs each review (the log is read and dropped); the bare route parses, echoes the uid and answers with as many bytes.',
  ];
}
