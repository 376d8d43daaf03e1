import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store } from '../../src/kube/store.ts';
import { watchedFacts } from '../../webhooks/facts.ts';
import { type CpuHpa, readHpa } from '../../webhooks/hpa.ts';
import type { LimitRangeCpu } from '../../webhooks/limit-range.ts';
import { type NamespaceFacts, readNamespace } from '../../webhooks/namespace.ts';

function cluster() {
  const stores = {
    namespaces: new Store<NamespaceFacts>(),
    limitRanges: new Store<LimitRangeCpu>(),
    hpas: new Store<CpuHpa>(),
  };
  return { stores, facts: watchedFacts(stores) };
}

const hpa = (name: string, target: string, metrics?: unknown) => {
  const read = readHpa({
    metadata: { namespace: 'shop', name },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target }, metrics },
  });
  assert.ok(read);
  return read;
};
const cpuUtilization = [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
];

test('until everything is listed, something is missing, by name', () => {
  const { stores, facts } = cluster();
  assert.match(facts.missing(0) ?? '', /namespaces/);
  stores.namespaces.replace(new Map());
  assert.match(facts.missing(0) ?? '', /limitranges/);
  stores.limitRanges.replace(new Map());
  assert.match(facts.missing(0) ?? '', /horizontalpodautoscalers/);
  stores.hpas.replace(new Map());
  assert.equal(facts.missing(0), null);
});

test('a watch that is silent for a quarter of an hour is not trusted', () => {
  const { stores, facts } = cluster();
  for (const store of Object.values(stores)) {
    store.replace(new Map());
    store.lastContactAt = 0;
  }
  assert.equal(facts.missing(900_000), null);
  assert.match(facts.missing(900_001) ?? '', /nothing heard of namespaces for 15 minutes/);
});

test('an HPA is found by its target, follows it, and goes with it', () => {
  const { stores, facts } = cluster();
  const web = { kind: 'Deployment', name: 'web' };
  stores.hpas.set('shop/a', hpa('a', 'web', cpuUtilization));
  assert.equal(facts.cpuHpa('shop', web), 'a');
  assert.equal(facts.cpuHpa('other', web), undefined);
  assert.equal(facts.cpuHpa('shop', { kind: 'StatefulSet', name: 'web' }), undefined);
  stores.hpas.set('shop/a', hpa('a', 'api', cpuUtilization));
  assert.equal(facts.cpuHpa('shop', web), undefined);
  assert.equal(facts.cpuHpa('shop', { kind: 'Deployment', name: 'api' }), 'a');
  stores.hpas.delete('shop/a');
  assert.equal(facts.cpuHpa('shop', { kind: 'Deployment', name: 'api' }), undefined);
});

test('which HPAs read CPU as a share of the request', () => {
  const target = (type: string, name = 'cpu') => ({ name, target: { type } });
  assert.equal(hpa('a', 'web', cpuUtilization).readsCpu, true);
  assert.equal(
    hpa('a', 'web', [{ type: 'ContainerResource', containerResource: target('Utilization') }]).readsCpu,
    true,
  );
  assert.equal(hpa('a', 'web', [{ type: 'Resource', resource: target('AverageValue') }]).readsCpu, false);
  assert.equal(hpa('a', 'web', [{ type: 'Resource', resource: target('Utilization', 'memory') }]).readsCpu, false);
  assert.equal(hpa('a', 'web', [{ type: 'External', external: { metric: { name: 'queue' } } }]).readsCpu, false);
  assert.equal(hpa('a', 'web').readsCpu, true, 'the default is 80 % of the CPU request');
  assert.equal(hpa('a', 'web', 'odd').readsCpu, true, 'what is not understood counts as reading CPU');
  assert.equal(readHpa({ metadata: { name: 'x' } }), null);
});

test('LimitRanges come by namespace', () => {
  const { stores, facts } = cluster();
  const range = (namespace: string): LimitRangeCpu => ({ namespace, understood: true, container: [], pod: [] });
  stores.limitRanges.set('shop/a', range('shop'));
  stores.limitRanges.set('shop/b', range('shop'));
  stores.limitRanges.set('other/a', range('other'));
  assert.equal(facts.limitRanges('shop').length, 2);
  stores.limitRanges.delete('shop/a');
  assert.equal(facts.limitRanges('shop').length, 1);
  assert.deepEqual(facts.limitRanges('none'), []);
});

test('what a namespace says', () => {
  const read = (labels: unknown, annotations?: unknown) =>
    readNamespace({ metadata: { name: 'n', labels, annotations } });
  assert.deepEqual(read({ 'temper.codes/overcommit': 'enabled' }), { optedIn: true, factor: null });
  assert.deepEqual(read({ 'temper.codes/overcommit': 'true' }), { optedIn: false, factor: null });
  assert.deepEqual(read(null, { 'temper.codes/overcommit-factor': '0.4' }), { optedIn: false, factor: 400_000n });
  assert.deepEqual(read({}, { 'temper.codes/overcommit-factor': '40%' }), { optedIn: false, factor: 'invalid' });
  assert.equal(readNamespace({ metadata: { labels: 7 } }), null);
});
