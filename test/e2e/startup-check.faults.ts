// What the chart's startup check asks, on the stand-in's API server with the real service: it says yes only where pods are scaled.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { connect } from '../../demo/wiring.ts';
import { systemClock } from '../../src/telemetry/system-clock.ts';
import { errorOf, run } from '../cli/harness.ts';
import { PODS } from '../standin/api/resources.ts';
import { embedded } from '../support/embedded.ts';
import { startServiceProcess } from '../support/service-process.ts';

test('a webhook in shadow that reaches no workload answers the probe, and nothing else; without the service the check fails', async (t) => {
  const cluster = await embedded();
  await cluster.addNamespace('temper-probe', { labels: { 'temper.codes/overcommit': 'enabled' } });
  const webhook = { enabled: true, mode: 'shadow', percentage: 0, probeNamespace: 'temper-probe' };
  const service = startServiceProcess({ kubeconfig: cluster.kubeconfig, settings: { webhook } });
  t.after(async () => {
    await service.stop();
    await cluster.close();
  });
  writeFileSync(service.file('client'), cluster.kubeconfig, { mode: 0o600 });
  const check = ['chart', 'admission', '--probe-namespace', 'temper-probe', '--within', '1s', '-o', 'json'];
  const ask = () => run([...check, '--kubeconfig', service.file('client')], { clock: systemClock });

  const before = await ask();
  assert.equal(before.code, 3);
  assert.match(errorOf(before).message, /nothing scaled it/);

  await service.ready();
  connect(cluster, service, [], { timeoutSeconds: 30, httpTimeoutMs: 30_000 });
  const scaled = await ask();
  assert.equal(scaled.code, 0, scaled.stderr);
  assert.deepEqual(JSON.parse(scaled.stdout)['scaled'], true);
  const containers = [{ name: 'app', image: 'app', resources: { requests: { cpu: '1' } } }];
  const { object } = await cluster.api.create(PODS, {
    namespace: 'shop',
    body: { metadata: { name: 'web' }, spec: { containers } },
  });
  assert.ok(!JSON.stringify(object).includes('original-requests'), 'shadow changes no pod');
  assert.deepEqual(
    (await cluster.api.list(PODS)).items.filter(({ metadata }) => metadata.namespace === 'temper-probe'),
    [],
  );
});
