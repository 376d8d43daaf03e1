import assert from 'node:assert/strict';
import { startByHand } from '../guest/by-hand.ts';
import { attached, stock } from '../guest/checks.ts';
import { type LabNode, labNode } from '../guest/node.ts';
import { PROGRAMS } from '../guest/programs.ts';
import { judgeLayers, kernelTruth } from '../guest/truth.ts';
import type { Case, Ctx } from '../runner/case.ts';

const LIGHT = { mode: 'sleeper', threads: 2, sleep: 50_000, work: 500 } as const;

/** Layers with the names of the agent's, of which only the matches matter here. */
function config(high: string): unknown {
  const numbers = { util_range: [0.5, 0.8], cpus_range: [0, 2], weight: 100, slice_us: 5_000, fifo: true };
  const kind = { Grouped: { ...numbers, protected: false, preempt: true, exclusive: false } };
  const prefix = (path: string) => [{ CgroupPrefix: `${path}/` }];
  return [
    { name: 'high', matches: [prefix(high)], kind },
    { name: 'host', matches: [[{ IsKthread: true }], prefix('init.scope'), prefix('system.slice')], kind },
    { name: 'background', matches: [prefix('kubepods.slice/kubepods-besteffort.slice')], kind },
    { name: 'normal', matches: [prefix('kubepods.slice')], kind },
    { name: 'rest', matches: [[]], kind },
  ];
}

async function judged(ctx: Ctx, node: LabNode, high: string) {
  const { enableSeq } = kernelTruth();
  const it = startByHand(ctx, config(high));
  await attached(enableSeq);
  const verdict = await judgeLayers(PROGRAMS.layerOf, node.expected());
  ctx.log(`${verdict.judged.length} judged, ${verdict.waiting} waiting, ${verdict.wrong.length} wrong`);
  it.child.kill('SIGTERM');
  await it.ended;
  await stock();
  return verdict;
}

/** The oracle must find fault where there is one, else all that it says is worth nothing. */
async function oracle(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  const high = await node.addPod({ name: 'high', tier: 'high', loads: [LIGHT] });
  await node.addPod({ name: 'normal', tier: 'normal', loads: [{ ...LIGHT, rename: true }] });
  await node.addPod({ name: 'background', tier: 'background', requestMilli: 0, loads: [LIGHT] });

  const right = await judged(ctx, node, high.cgroups.path);
  const mine = right.judged.filter(({ cgroup }) => cgroup.startsWith(high.cgroups.path));
  assert.ok(mine.length >= 2, `the threads of the pod are seen: ${mine.length}`);
  assert.deepEqual(right.wrong, []);

  const wrong = await judged(ctx, node, `${high.cgroups.path}x`);
  const found = wrong.wrong.map(({ thread, got }) => [thread.cgroup.startsWith(high.cgroups.path), got]);
  assert.ok(found.length >= 2, 'a prefix that fits nothing is found out');
  for (const one of found) assert.deepEqual(one, [true, 'normal']);
}

export const ORACLE: readonly Case[] = [
  {
    name: 'oracle',
    what: 'the judge of layers, against the scheduler alone: silent for right prefixes, and it finds a wrong one',
    deadlineMs: 1_200_000,
    run: oracle,
  },
];
