// inotify of the real agent overflows, or cannot be had at all: pods are found all the same, and it is said.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { type AgentNode, agentNode } from '../support/agent-node.ts';
import { until } from '../support/embedded.ts';

const LIMIT = { timeout: 240_000 };
/** In a user namespace of one's own there are limits of one's own. */
const NO_WATCHES = ['unshare', '-U', '-r', 'sh', '-c', 'echo 0 > /proc/sys/user/max_inotify_"$0" && exec "$@"'];
const canLimit = spawnSync(NO_WATCHES[0] ?? '', [...NO_WATCHES.slice(1), 'watches', 'true']).status === 0;
const skip = canLimit ? false : 'no user namespace can be made here';

/** A counter of the agent's. */
async function counted({ agent }: AgentNode, metric: string): Promise<number> {
  const { http } = await agent.ports;
  const text = await new Promise<string>((resolve, reject) => {
    get({ port: http, path: '/metrics', agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    }).on('error', reject);
  });
  return Number(new RegExp(`^${metric} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

test('the queue overflows while the agent stands still: what came meanwhile is found', LIMIT, async (t) => {
  const node = await agentNode(t);
  const web = await node.addPod('web', 'temper-high');
  await node.enforces();
  const folder = join(node.host.paths.cgroup, 'kubepods.slice/kubepods-burstable.slice');
  const most = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));

  node.agent.child.kill('SIGSTOP');
  // Two events each; names that are no pod's.
  for (let count = 0; count <= most / 2; count += 1) {
    mkdirSync(join(folder, `rubbish-${count}`));
    rmdirSync(join(folder, `rubbish-${count}`));
  }
  await node.addPod('late', 'temper-high', [9]);
  web.removeCgroup();
  node.agent.child.kill('SIGCONT');

  let placed: unknown;
  await until('the one that came is in force, and the one that went is not', async () => {
    const { status, pods } = await node.told();
    placed = Object.fromEntries(pods.map(({ name, layer }) => [name, layer]));
    return status === 'enforcing' && isDeepStrictEqual(placed, { web: undefined, late: 'high' });
  }).catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(placed)}`);
  });
});

for (const what of ['watches', 'instances'] as const) {
  test(`no inotify ${what} are left: the tree is scanned all the same`, { ...LIMIT, skip }, async (t) => {
    const node = await agentNode(t, { by: [...NO_WATCHES, what] });
    await node.addPod('web', 'temper-high');
    await node.status('enforcing');
    assert.ok((await counted(node, 'temper_cgroup_watch_failures_total')) > 0);
    assert.ok(
      node.agent.log.some((line) => line.includes('TMP3053')),
      'it is logged',
    );
  });
}
