// The servers of bench/prioritize.ts, each in a process of its own: `node bench/prioritize-server.ts temper|bare`; tells
// its parent `{ port }` and ends with it.
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { createExtender } from '../extender/engine.ts';
import { type NodeView, readNodeView } from '../extender/node-view.ts';
import { extenderRoutes } from '../extender/routes.ts';
import { Store } from '../src/kube/store.ts';
import { factorOf } from '../src/model/factor.ts';
import { TIER_LOAD, TOPOLOGY_ZONE } from '../src/model/keys.ts';
import { readPod } from '../src/model/pod.ts';
import { type PodPolicy, type PodView, podView } from '../src/model/pod-view.ts';
import { encodeTierLoad } from '../src/model/tier-load.ts';
import { parseJsonBodies } from '../src/service/http/json-body.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { Metrics } from '../src/telemetry/metrics.ts';
import { systemClock } from '../src/telemetry/system-clock.ts';
import { extenderArgs, KNOWN_NODES, nodeName, REPLICAS } from './prioritize-body.ts';

const BODY_LIMIT = 8_388_608;

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
  const extender = createExtender({ nodes, pods: replicas(settings), clock: systemClock, metrics, logger, settings });
  const app = fastify({ bodyLimit: BODY_LIMIT });
  parseJsonBodies(app, BODY_LIMIT);
  extenderRoutes(app, { extender, metrics, clock: systemClock });
  return app;
}

/** Replicas of the controller whose pods are asked about: they are counted for each of those. */
function replicas(policy: PodPolicy): Store<PodView> {
  const pods = new Store<PodView>();
  for (let index = 0; index < REPLICAS; index += 1) {
    const { Pod: pod } = JSON.parse(extenderArgs(1_000_000 + index, 0));
    const reading = readPod({ ...pod, spec: { ...pod.spec, nodeName: nodeName(index) } });
    if (reading.ok) pods.set(`shop/${pod.metadata.name}`, podView(reading.pod, policy));
  }
  return pods;
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
  return {
    metadata: {
      name: nodeName(index),
      labels: { [TOPOLOGY_ZONE]: `zone-${index % 3}` },
      annotations: { [TIER_LOAD]: load },
    },
  };
}

/** What Fastify does at the least: parse the body, answer every name with the same score. */
function bareApp(): FastifyInstance {
  const app = fastify({ bodyLimit: BODY_LIMIT });
  app.post<{ Body: { NodeNames: string[] } }>('/scheduler/prioritize', (request, reply) =>
    reply.send(request.body.NodeNames.map((Host) => ({ Host, Score: 5 }))),
  );
  return app;
}

const app = process.argv[2] === 'bare' ? bareApp() : temperApp();
await app.listen({ host: '127.0.0.1', port: 0 });
process.once('disconnect', () => process.exit(0));
process.send?.({ port: (app.server.address() as AddressInfo).port });
