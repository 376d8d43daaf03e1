// Latency of prioritize with 5,000 nodes known, beside a bare Fastify route that answers the same body
// with a constant: `npm run bench -- prioritize`, or `node bench/prioritize.ts` for this alone.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { createExtender } from '../extender/engine.ts';
import { type NodeView, readNodeView } from '../extender/node-view.ts';
import { extenderRoutes } from '../extender/routes.ts';
import { Store } from '../src/kube/store.ts';
import { factorOf } from '../src/model/factor.ts';
import { TIER_LOAD } from '../src/model/keys.ts';
import type { PodView } from '../src/model/pod-view.ts';
import { encodeTierLoad } from '../src/model/tier-load.ts';
import { parseJsonBodies } from '../src/service/http/json-body.ts';
import { systemClock } from '../src/service/system-clock.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { Metrics } from '../src/telemetry/metrics.ts';
import { extenderArgs, nodeName } from './prioritize-body.ts';
import type { BenchResult } from './result.ts';

const KNOWN_NODES = 5000;
const BODY_LIMIT = 8_388_608;

/** Milliseconds of each request, in order. */
type Times = number[];

/** Targets: p99 of 2 ms at 500 names and of 10 ms at 5,000. */
export async function benchPrioritize({ smoke }: { smoke: boolean }): Promise<BenchResult> {
  const temper = temperApp();
  const bare = bareApp();
  const rows: BenchResult['rows'] = [];
  try {
    for (const names of [100, 500, 5000]) {
      const requests = smoke ? 50 : names < 5000 ? 4000 : 1000;
      rows.push(row('inject', names, await measureInject(temper, bare, names, requests)));
      rows.push(row('HTTP', names, await measureHttp(temper, bare, names, requests)));
    }
  } finally {
    await Promise.all([temper.close(), bare.close()]);
  }
  return { name: 'prioritize', rows, notes: notes(smoke) };
}

/** The service's route, its JSON parser and its extender, with every node fresh and unevenly loaded. */
function temperApp(): FastifyInstance {
  const nodes = new Store<NodeView>();
  for (let index = 0; index < KNOWN_NODES; index += 1) {
    const view = readNodeView(nodeObject(index));
    if (view !== null) nodes.set(view.name, view);
  }
  const metrics = new Metrics();
  const settings = {
    filter: false,
    schedulerNames: [],
    minimumFactor: factorOf(0.25),
    tierPolicy: {
      mode: 'value',
      thresholds: { critical: 1_000_000, high: 100_000, normal: 0, low: -100 },
      systemNamespaces: new Set(['kube-system']),
    },
  } as const;
  const logger = createLogger('bench', 'silent');
  const extender = createExtender({ nodes, pods: new Store<PodView>(), clock: systemClock, metrics, logger, settings });
  const app = fastify({ bodyLimit: BODY_LIMIT });
  parseJsonBodies(app, BODY_LIMIT);
  extenderRoutes(app, { extender, metrics, clock: systemClock });
  return app;
}

function nodeObject(index: number): unknown {
  const tier = (requestMilli: number) => ({ pods: 3, requestMilli, usedMilli: 0 });
  const load = encodeTierLoad({
    at: Date.now(),
    heartbeatMs: 3_600_000,
    cores: 16 + 16 * (index % 4),
    threads: 2,
    reserveCores: 1,
    protection: index % 10 === 0 ? 'none' : 'enforcing',
    tiers: {
      critical: tier((index % 7) * 500),
      high: tier((index % 11) * 400),
      normal: tier((index % 13) * 300),
      low: tier((index % 17) * 200),
      background: tier((index % 19) * 100),
    },
    system: tier(400),
    pressureSome10: index % 5,
  });
  return { metadata: { name: nodeName(index), labels: {}, annotations: { [TIER_LOAD]: load } } };
}

/** What Fastify does at the least: parse the body, answer every name with the same score. */
function bareApp(): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT });
  app.post<{ Body: { NodeNames: string[] } }>('/scheduler/prioritize', (request, reply) =>
    reply.send(request.body.NodeNames.map((Host) => ({ Host, Score: 5 }))),
  );
  return app;
}

type Measured = { readonly temper: Times; readonly bare: Times };

async function measureInject(
  temper: FastifyInstance,
  bare: FastifyInstance,
  names: number,
  requests: number,
): Promise<Measured> {
  const measured: Measured = { temper: [], bare: [] };
  for (let index = 0; index < requests * 1.2; index += 1) {
    const payload = extenderArgs(index, names);
    for (const [app, times] of [
      [temper, measured.temper],
      [bare, measured.bare],
    ] as const) {
      const start = performance.now();
      const { statusCode } = await app.inject({
        method: 'POST',
        url: '/scheduler/prioritize',
        headers: { 'content-type': 'application/json' },
        payload,
      });
      if (statusCode !== 200) throw new Error(`status ${statusCode}`);
      times.push(performance.now() - start);
    }
  }
  return withoutWarmUp(measured, requests);
}

/** A client in a process of its own asks both servers in turn, each over one kept connection. */
async function measureHttp(
  temper: FastifyInstance,
  bare: FastifyInstance,
  names: number,
  requests: number,
): Promise<Measured> {
  const ports = await Promise.all([temper, bare].map(listen));
  const args = [...ports, names, Math.ceil(requests * 1.2)].map(String);
  const child = fork(join(import.meta.dirname, 'prioritize-client.ts'), args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the client ended with code ${code}`)));
  const [measured] = (await Promise.race([once(child, 'message'), failed])) as [Measured];
  return withoutWarmUp(measured, requests);
}

async function listen(app: FastifyInstance): Promise<number> {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as AddressInfo).port;
}

function withoutWarmUp({ temper, bare }: Measured, requests: number): Measured {
  return { temper: temper.slice(-requests), bare: bare.slice(-requests) };
}

function row(way: string, names: number, { temper, bare }: Measured): Record<string, string | number> {
  const quantile = (times: Times, share: number): number =>
    [...times].sort((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN;
  const ms = (value: number): number => Math.round(value * 100) / 100;
  return {
    way,
    names,
    'p50 ms': ms(quantile(temper, 0.5)),
    'p99 ms': ms(quantile(temper, 0.99)),
    'bare p50 ms': ms(quantile(bare, 0.5)),
    'bare p99 ms': ms(quantile(bare, 0.99)),
    'p50 ratio': ms(quantile(temper, 0.5) / quantile(bare, 0.5)),
    'p99 ratio': ms(quantile(temper, 0.99) / quantile(bare, 0.99)),
  };
}

function notes(smoke: boolean): string[] {
  const size = (names: number) => `${Math.round(Buffer.byteLength(extenderArgs(0, names)) / 1000)} KB`;
  return [
    `${KNOWN_NODES} nodes known and fresh; bodies of ${size(100)}, ${size(500)} and ${size(5000)}; a pod of its own for each request, all tiers in turn.`,
    'inject: in process, without sockets. HTTP: loopback, one connection kept open, the client in a process of its own.',
    `Both routes are asked in turn in one run${smoke ? '; smoke: few requests, the figures mean nothing' : ''}.`,
  ];
}

if (import.meta.main) {
  const { name, rows, notes: lines } = await benchPrioritize({ smoke: process.argv.includes('--smoke') });
  console.log(name);
  console.table(rows);
  for (const line of lines) console.log(line);
}
