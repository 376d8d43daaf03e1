// The real agent with a run directory that takes nothing: full, read-only, or no directory at all. Mounts are made in a mount
// namespace of the agent's own; where that is not allowed the test says so and is skipped.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AgentNode, agentNode } from '../support/agent-node.ts';
import { until } from '../support/embedded.ts';
import { type HostTree, hostTree } from '../support/host-tree.ts';

const LIMIT = { timeout: 480_000 };
const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;
const skip = canMount ? false : 'no mount namespace can be made here';
const MOUNT = 'mount -t tmpfs -o size=64k,nr_inodes=16 none "$0" && exec "$@"';

/** Runs something in the mount namespace of the agent. */
function inside({ agent }: AgentNode, ...command: string[]): void {
  execFileSync('nsenter', ['-t', String(agent.child.pid), '-m', ...command]);
}

/** The run directory as the agent sees it. */
const runOf = ({ agent, host }: AgentNode): string => `/proc/${agent.child.pid}/root${host.paths.run}`;

/** Takes all that is left of it, to the last byte. */
function fill(node: AgentNode): void {
  const file = join(runOf(node), 'rubbish');
  for (const size of [16_384, 4_096]) {
    while (tries(() => writeFileSync(file, Buffer.alloc(size), { flag: 'a' })));
  }
}

const options = (): { readonly host: HostTree; readonly by: readonly string[] } => {
  const host = hostTree();
  // Where the kernel's config is to be had compressed alone, the agent keeps a copy of it.
  host.remove('boot');
  return { host, by: ['unshare', '-m', 'sh', '-c', MOUNT, host.paths.run] };
};

const sourcesOf = async (node: AgentNode) => (await node.told()).safeMode?.sources ?? [];

test('a full disk, and an API server that is silent: changes, safe mode by file and by gRPC', {
  ...LIMIT,
  skip,
}, async (t) => {
  const node = await agentNode(t, options());
  await node.addPod('web', 'temper-high');
  await node.enforces();
  fill(node);
  const { generation } = await node.told();
  await node.addPod('another', 'temper-high', [9]);
  await until('the change is in force', async () => (await node.told()).generation > generation);
  await node.enforces();

  node.gate.set('silent');
  const file = join(runOf(node), 'safe-mode');
  writeFileSync(file, '');
  await node.stock();
  assert.deepEqual(await sourcesOf(node), ['host-file']);
  await node.safeMode(false);
  await node.enforces();

  await node.safeMode(true);
  await node.stock();
  assert.deepEqual(await sourcesOf(node), ['host-file'], 'an empty file takes no block');
  await node.safeMode(false);
  await node.enforces();

  // Nor an inode.
  for (let count = 0; tries(() => writeFileSync(join(runOf(node), `rubbish-${count}`), '')); count += 1);
  // It stands down, and says that this will not outlive the agent.
  await assert.rejects(node.safeMode(true), /TMP3151/);
  await node.stock();
  assert.deepEqual(await sourcesOf(node), ['held-in-memory']);
  node.gate.set('open');
  await node.status('safe-mode: asked for by gRPC');
  await node.safeMode(false);
  await node.enforces();
});

test('a read-only disk, and an API server that fails: what is there stays, the rest is in memory', {
  ...LIMIT,
  skip,
}, async (t) => {
  const node = await agentNode(t, options());
  await node.addPod('web', 'temper-high');
  await node.enforces();
  writeFileSync(join(runOf(node), 'safe-mode'), '');
  await node.stock();
  inside(node, 'mount', '-o', 'remount,ro', node.host.paths.run);
  node.gate.set('errors');
  await assert.rejects(node.safeMode(false), /TMP3152/);
  assert.deepEqual(await sourcesOf(node), ['host-file']);
  inside(node, 'mount', '-o', 'remount,rw', node.host.paths.run);
  await node.safeMode(false);
  await node.enforces();

  inside(node, 'mount', '-o', 'remount,ro', node.host.paths.run);
  process.kill(node.owner(), 'SIGKILL');
  await node.stock();
  await node.enforces();
  // It stands down, and says that this will not outlive the agent.
  await assert.rejects(node.safeMode(true), /TMP3151/);
  await node.stock();
  assert.deepEqual(await sourcesOf(node), ['held-in-memory']);
  await node.safeMode(false);
  await node.enforces();
});

test('read-only from the start: it enforces all the same', { ...LIMIT, skip }, async (t) => {
  const { host } = options();
  const mount = MOUNT.replace('&&', '&& mount -o remount,ro "$0" &&');
  const node = await agentNode(t, { host, by: ['unshare', '-m', 'sh', '-c', mount, host.paths.run] });
  await node.addPod('web', 'temper-high');
  await node.enforces();
  // It stands down, and says that this will not outlive the agent.
  await assert.rejects(node.safeMode(true), /TMP3151/);
  await node.stock();
  await node.status('safe-mode: asked for by gRPC');
});

test('a file in place of the directory: nobody can tell whether safe mode is asked for, so it is', LIMIT, async (t) => {
  const node = await agentNode(t);
  await node.addPod('web', 'temper-high');
  await node.enforces();
  const { run } = node.host.paths;
  rmSync(run, { recursive: true });
  writeFileSync(run, '');
  await node.stock();
  await node.status('safe-mode: whether the host file asks for it cannot be told');
  node.gate.set('refused');
  rmSync(run);
  await node.enforces();
  await node.safeMode(true);
  await node.stock();
});

function tries(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
