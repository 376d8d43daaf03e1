import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { matchingOf } from '../../../test/labs/kernel/guest/binary.ts';
import { podsRoot } from '../../../test/labs/kernel/guest/cgroup-names.ts';
import { rightLayers, status, stock } from '../../../test/labs/kernel/guest/checks.ts';
import type { LabNode } from '../../../test/labs/kernel/guest/node.ts';
import type { Matching } from '../../../test/labs/kernel/guest/oracle.ts';
import type { Ctx } from '../../../test/labs/kernel/runner/case.ts';
import { UPSTREAM } from '../orders.ts';
import type { Arm } from '../plan.ts';

const DEFAULT_WEIGHT = '100';
/** Far more than attaching takes there. */
export const START_MS = 240_000;

/** Makes the node what the arm says. @returns what takes it back */
export async function enter(ctx: Ctx, node: LabNode, arm: Arm): Promise<() => void | Promise<void>> {
  switch (arm) {
    case 'temper':
      return await attach(ctx, node, ctx.scx, 'members');
    case 'upstream':
      return await attach(ctx, node, UPSTREAM, 'prefixes');
    case 'knobs':
      return idleBackground(node);
    case 'isolated':
    case 'stock':
      return equalWeights(node);
  }
}

/** @param can what tells a patched scheduler from upstream's */
async function attach(ctx: Ctx, node: LabNode, scx: string, can: Matching): Promise<() => Promise<void>> {
  assert.equal(await matchingOf(scx), can, `${scx} is not the scheduler of this arm`);
  const agent = node.startAgent(['--scheduler-hold-ms=0', `--scheduler-binary=${scx}`]);
  await agent.ports;
  // Something has to run where it is looked at.
  const busy = await Promise.all(
    [...node.pods.values()].map(({ cgroups }) =>
      node.load(cgroups.container, { mode: 'sleeper', sleep: 100_000, work: 500 }),
    ),
  );
  ctx.figure('from agent start to enforcing', await status(node, agent, 'enforcing', START_MS), 'ms');
  await rightLayers(ctx, node, { busy: [...node.pods.keys()] });
  for (const load of busy) await load.end();
  return async () => {
    agent.signal('SIGTERM');
    await agent.ended;
    await stock();
  };
}

/** Weights from requests are there from the beginning. */
function idleBackground(node: LabNode): () => void {
  const files = [...node.pods.values()]
    .filter(({ tier }) => tier === 'background')
    .map(({ cgroups }) => join(node.tree.mount, cgroups.path, 'cpu.idle'));
  for (const file of files) writeFileSync(file, '1');
  return () => {
    for (const file of files) writeFileSync(file, '0');
  };
}

/** As the kernel makes cgroups; afterwards as kubelet and runc had left them. */
function equalWeights(node: LabNode): () => void {
  const before = weightFiles(node).map((file) => [file, readFileSync(file, 'utf8')] as const);
  for (const [file] of before) writeFileSync(file, DEFAULT_WEIGHT);
  return () => {
    for (const [file, was] of before) writeFileSync(file, was);
  };
}

function weightFiles({ tree, pods }: LabNode): string[] {
  const paths = [...pods.values()].flatMap(({ cgroups }) => [cgroups.path, cgroups.pause, cgroups.container]);
  return [podsRoot(tree.driver), ...paths].map((path) => join(tree.mount, path, 'cpu.weight'));
}
