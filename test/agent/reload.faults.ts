// The settings of the real agent change while it runs, as kubelet changes a mounted ConfigMap.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { NODES, PODS } from '../standin/api/resources.ts';
import { startAgentProcess } from '../support/agent-process.ts';
import { embedded, until } from '../support/embedded.ts';

const NODE = 'node-9';

/** A file below a symbolic link that is swapped, so that the file's own path never changes. */
function configMap(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'temper-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  let version = 0;
  const write = (settings: object): void => {
    version += 1;
    const data = `..${version}`;
    mkdirSync(join(folder, data));
    writeFileSync(join(folder, data, 'agent.yaml'), JSON.stringify(settings));
    symlinkSync(data, join(folder, '..new'));
    renameSync(join(folder, '..new'), join(folder, '..data'));
  };
  write({});
  symlinkSync('..data/agent.yaml', join(folder, 'agent.yaml'));
  return { path: join(folder, 'agent.yaml'), write };
}

test('live settings are in force at once, bad ones change nothing, others wait for a restart and all of it is said', {
  timeout: 240_000,
}, async (t) => {
  const cluster = await embedded();
  await cluster.addNamespace('temper');
  await cluster.addNode({ name: NODE, cores: 8, agent: false });
  const settings = configMap(t);
  const flags = [`--config=${settings.path}`, '--server-reload-ms=100'];
  const agent = startAgentProcess({ kubeconfig: cluster.kubeconfig, node: NODE, flags });
  t.after(async () => {
    await agent.dispose();
    await cluster.close();
  });
  const { http, grpc } = await agent.ports;
  const spec = { nodeName: NODE, priorityClassName: 'temper-normal', containers: [{ name: 'app', image: 'app:1' }] };
  const { object } = await cluster.api.create(PODS, { namespace: 'shop', body: { metadata: { name: 'web' }, spec } });
  agent.addCgroup(object.metadata.uid ?? '', 'besteffort', [7, 8]);
  const status = (text: string) =>
    until(`status ${text}`, () =>
      (cluster.api.get(NODES, NODE).metadata.annotations?.['temper.codes/agent-status'] ?? '').startsWith(text),
    );
  const counted = (outcome: string) =>
    until(outcome, async () => {
      const text = await (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
      return text.includes(`temper_agent_config_reloads_total{outcome="${outcome}"} 1`);
    });
  const logged = (id: string, key: string) =>
    until(`${id} in the log`, () => agent.log.some((line) => line.includes(id) && line.includes(key)));
  // Not synchronously: the API server that the agent writes to is in this process.
  const shown = () =>
    new Promise<string>((resolve) => {
      const args = ['src/cli/main.ts', 'status', '--address', `127.0.0.1:${grpc}`];
      execFile(process.execPath, args, (_error, stdout) => resolve(stdout));
    });
  await status('observing: nothing to protect');

  settings.write({ enforce: 'always' });
  await status('enforcing');
  await counted('applied');

  settings.write({ enforce: 'protekted' });
  await counted('refused');
  await logged('TMP1005', 'enforce');
  assert.match(await shown(), /: enforcing[\s\S]*settings-refused \(TMP1005\): .*enforce must be protected or always/);

  settings.write({
    priorityMapping: { high: 0, normal: -1, low: -2 },
    scheduler: { startTimeoutMs: 60_000 },
  });
  await counted('needs-restart');
  await logged('TMP1006', 'scheduler.startTimeoutMs');
  await until('the pod is of the High tier', async () => {
    const answer = await fetch(`http://127.0.0.1:${http}/observe`);
    const { pods } = (await answer.json()) as { pods: Array<{ tier: string; layer: string }> };
    return pods[0]?.tier === 'high' && pods[0].layer === 'high';
  });
  const letGo = agent.log.filter((line) => line.includes('the scheduler ended') && line.includes('nothing to protect'));
  assert.deepEqual(letGo, [], 'attached by the old settings, then by the new ones, and by no mixture');
  const text = await shown();
  assert.match(text, /settings-need-restart \(TMP1006\): .*scheduler\.startTimeoutMs/);
  assert.doesNotMatch(text, /settings-refused/);

  settings.write({});
  await status('observing: nothing to protect');
});
