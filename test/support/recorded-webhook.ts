import { Store } from '../../src/kube/store.ts';
import type { PodView } from '../../src/model/pod-view.ts';
import { createLogger, type Logger } from '../../src/telemetry/logger.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { createWebhook, type Webhook } from '../../webhooks/engine.ts';
import { type CpuHpa, readHpa } from '../../webhooks/hpa.ts';
import { type LimitRangeCpu, readLimitRange } from '../../webhooks/limit-range.ts';
import { type NamespaceFacts, readNamespace } from '../../webhooks/namespace.ts';
import type { WebhookPolicy } from '../../webhooks/policy.ts';
import type { LimitRangeSpec } from '../standin/limit-range.ts';
import { FakeClock } from './fake-clock.ts';
import { fixture } from './fixtures.ts';
import { policy } from './webhook.ts';

interface Item {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: LimitRangeSpec;
}

const items = (file: string): Item[] => (JSON.parse(fixture(file)) as { items: Item[] }).items;

/** A webhook that knows the namespaces and LimitRanges of the recorded cluster, with its stores to drive. */
export function recordedWebhook(
  overrides: Partial<WebhookPolicy> = {},
  logger: Logger = createLogger('test', 'silent'),
) {
  const clock = new FakeClock();
  const stores = {
    namespaces: new Store<NamespaceFacts>(),
    limitRanges: new Store<LimitRangeCpu>(),
    hpas: new Store<CpuHpa>(),
    pods: new Store<PodView>(),
  };
  const metrics = new Metrics();
  const webhook: Webhook = createWebhook({ stores, clock, metrics, logger }, policy(overrides));

  const limitRanges = items('api/limitranges.json');
  stores.namespaces.replace(read(items('api/namespaces.json'), readNamespace));
  stores.limitRanges.replace(read(limitRanges, readLimitRange));
  stores.hpas.replace(new Map());
  stores.pods.replace(new Map());
  for (const store of Object.values(stores)) store.lastContactAt = clock.now();
  return {
    webhook,
    clock,
    metrics,
    stores,
    addHpa: (object: unknown): void => {
      const hpa = readHpa(object);
      if (hpa !== null) stores.hpas.set(`${hpa.namespace}/${hpa.name}`, hpa);
    },
    /** The specs of the LimitRanges of a namespace, for a judge. */
    ranges: (namespace: string): LimitRangeSpec[] =>
      limitRanges.filter(({ metadata }) => metadata.namespace === namespace).map(({ spec }) => spec),
  };
}

function read<T>(objects: readonly Item[], project: (object: unknown) => T | null): Map<string, T> {
  const found = new Map<string, T>();
  for (const object of objects) {
    const { namespace, name } = object.metadata;
    const value = project(object);
    if (value !== null) found.set(namespace === undefined ? name : `${namespace}/${name}`, value);
  }
  return found;
}
