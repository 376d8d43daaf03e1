import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPublisher } from '../../../agent/publish/publisher.ts';
import { tierLoad } from '../../../agent/publish/tier-load.ts';
import { readNodeFacts } from '../../../agent/safemode/node-facts.ts';
import { readNodeView } from '../../../extender/node-view.ts';
import { anonymousAccess } from '../../../src/kube/access.ts';
import { nodePath, patchAnnotations } from '../../../src/kube/patch.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { createWriter } from '../../../src/kube/write.ts';
import { until } from '../../kube/harness.ts';
import { createApi } from '../../standin/api/api.ts';
import { serveApi } from '../../standin/api/http.ts';
import { NODES } from '../../standin/api/resources.ts';
import { seeded } from '../../standin/seeded.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { heard, wanted } from './support.ts';

test('what the agent writes, the extender reads; what others wrote stays', async (t) => {
  const clock = new FakeClock();
  const api = createApi({ clock, random: seeded(1) });
  const body = {
    metadata: { name: 'node-1', annotations: { theirs: 'stays', 'temper.codes/qos-overrides': '{"gone":"low"}' } },
  };
  await api.create(NODES, { body });
  const server = await serveApi(api, undefined);
  const transport = createTransport(anonymousAccess(new URL(server.url)));
  t.after(async () => {
    transport.close();
    await server.close();
  });
  const writer = createWriter({ sender: transport, clock });
  const target = { path: nodePath('node-1'), fieldManager: 'temper-agent' };
  const observer = heard();
  const publisher = createPublisher({
    patch: (annotations) => patchAnnotations(writer, target, annotations),
    clock,
    random: () => 0,
    observer,
  });
  const load = tierLoad({
    pods: [
      { tier: 'critical', requestMilli: 2_000 },
      { tier: 'system', requestMilli: 100 },
    ],
    usedMilliByTier: { critical: 900 },
    pressureSome10: 12,
    machine: { cpus: { length: 8 }, threads: 2 },
    reserveCores: 1,
    protection: 'enforcing',
    heartbeatMs: 300_000,
    now: clock.now(),
    previous: null,
  });
  publisher.want(wanted({ load, status: { word: 'enforcing', reason: 'critical demoted: 9 of 8 cores' } }));
  await until(() => observer.patches.length === 1);
  assert.deepEqual(observer.patches, ['ok first']);
  const node = api.get(NODES, 'node-1');
  const facts = readNodeFacts(node);
  assert.equal(facts?.own['temper.codes/agent-status'], 'enforcing: critical demoted: 9 of 8 cores');
  assert.equal(facts?.qosOverrides, undefined, 'there are none any more');
  assert.equal(node.metadata.annotations?.['theirs'], 'stays');
  const { report } = readNodeView(node) ?? {};
  assert.ok(report?.readable);
  assert.deepEqual(report.load.tiers.critical, { pods: 1, requestMilli: 2_000, usedMilli: 800 });
  assert.deepEqual(
    [report.load.protection, report.load.pressureSome10, report.load.at],
    ['enforcing', 10, clock.now()],
  );

  // The Node comes back as it was written: nothing to put right, nothing more to write.
  publisher.observe({ uid: facts?.uid, own: facts?.own ?? {} });
  clock.advance(200_000);
  assert.equal(observer.patches.length, 1);
  await publisher.stop();
  assert.deepEqual(clock.pending, []);
});
