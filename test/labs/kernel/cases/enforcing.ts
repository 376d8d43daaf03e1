import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { LabAgent } from '../guest/agent.ts';
import { rightLayers, status } from '../guest/checks.ts';
import { type LabNode, labNode } from '../guest/node.ts';
import { kernelTruth, layerStatistics } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { onStock } from './on-stock.ts';

/** From the start of the agent; its own time-out for a start holds as well. */
const START_MS = 120_000;
const FLAGS = ['--scheduler-hold-ms=0'];
const AGREE_MS = 30_000;

interface Told {
  readonly status: string;
  readonly generation: number;
  readonly gate: ReadonlyArray<{ readonly id: string; readonly verdict: string; readonly reason: string }>;
  readonly scheduler: { readonly phase: string; readonly attached: string };
  readonly versions: { readonly scheduler: string; readonly kernel: string };
}

/** What `temper-cli status` says, as data. */
async function told(agent: LabAgent): Promise<Told> {
  const { code, stdout, stderr } = await agent.cli('status', '-o', 'json');
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Told;
}

async function enforces(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  await node.addPod({
    name: 'critical',
    tier: 'critical',
    requestMilli: 500,
    loads: [{ mode: 'sleeper', threads: 2 }],
  });
  await node.addPod({ name: 'normal', tier: 'normal', loads: [{ mode: 'hog', processes: 2 }] });
  await node.addPod({ name: 'background', tier: 'background', loads: [{ mode: 'hog', processes: 2 }] });
  const before = kernelTruth();
  assert.equal(before.state, 'disabled');

  const agent = node.startAgent(FLAGS);
  await agent.ports;
  ctx.figure('from agent start to proven enforcing', await status(node, agent, 'enforcing', START_MS), 'ms');
  const { state, ops, enableSeq } = kernelTruth();
  assert.equal(state, 'enabled');
  assert.ok(enableSeq > before.enableSeq);

  const said = await told(agent);
  for (const { id, verdict, reason } of said.gate) if (verdict !== 'pass') ctx.log(`${id}: ${verdict}: ${reason}`);
  assert.deepEqual(
    said.gate.filter(({ verdict }) => verdict === 'fail'),
    [],
  );
  assert.equal(said.status, 'enforcing');
  assert.equal(said.scheduler.phase, 'enforcing');
  assert.equal(said.scheduler.attached, ops);
  assert.equal(said.versions.kernel, readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim());
  assert.equal(String(said.generation), node.api.annotation('config-generation'));
  await statisticsAgree(node, agent);
  await rightLayers(ctx, node);

  const asked = performance.now();
  agent.signal('SIGTERM');
  assert.equal(await agent.ended, 0);
  assert.equal(kernelTruth().state, 'disabled');
  ctx.figure('from SIGTERM of the agent to its end', Math.round(performance.now() - asked), 'ms');
  assert.equal(node.api.annotation('agent-status'), 'observing: the agent has ended');
}

/** The layers of the statistics are those of the config, and the agent counts the pods in them as they are. */
async function statisticsAgree(node: LabNode, agent: LabAgent): Promise<void> {
  const layers = await layerStatistics();
  const { code, stdout, stderr } = await agent.cli('config', '-o', 'json');
  assert.equal(code, 0, stderr);
  const { layers: configured } = JSON.parse(stdout) as { layers: ReadonlyArray<{ name: string }> };
  assert.deepEqual([...layers.keys()].sort(), configured.map(({ name }) => name).sort());
  const pods = (await agent.observe()).pods;
  for (const { name } of node.pods.values())
    assert.ok(
      pods.some((pod) => pod.name === name),
      `${name} is observed`,
    );
  const busy = pods.map(({ layer }) => layer);
  await until(
    'each layer with a busy pod has tasks',
    async () => {
      const now = await layerStatistics();
      return busy.every((layer) => (now.get(layer)?.tasks ?? 0) > 0);
    },
    AGREE_MS,
    () => busy.join(' '),
  );
}

async function refuses(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  await node.addPod({ name: 'critical', tier: 'critical', loads: [{ mode: 'sleeper' }] });
  const agent = node.startAgent(FLAGS);
  await agent.ports;
  await status(node, agent, 'unsupported', START_MS);
  ctx.log(`agent-status: ${node.api.annotation('agent-status')}`);
  assert.match(node.api.annotation('agent-status'), /sched_ext/);
  const { code, stdout } = await agent.cli('check', '-o', 'json');
  assert.equal(code, 3);
  const { checks } = JSON.parse(stdout) as { checks: Told['gate'] };
  ctx.log(
    `failed: ${checks
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ id, reason }) => `${id}: ${reason}`)
      .join('; ')}`,
  );
  assert.ok(checks.some(({ id, verdict }) => id === 'TMP3010' && verdict === 'fail'));
  assert.equal(
    agent.log.some((line) => line.includes('"phase":"starting"')),
    false,
    'it started nothing',
  );
  assert.equal(kernelTruth().state, '');
  agent.signal('SIGTERM');
  assert.equal(await agent.ended, 0);
}

const WHOLE: Case = {
  name: 'enforcing',
  what: 'from agent start to proven enforcing; checks, statistics, status and temper-cli agree with the kernel',
  deadlineMs: 480_000,
  run: enforces,
};

export const ENFORCING: readonly Case[] = [
  WHOLE,
  onStock(WHOLE),
  {
    name: 'no-sched-ext',
    what: 'on a kernel without sched_ext the gate refuses with its reason, and nothing is started',
    deadlineMs: 240_000,
    kernel: 'no-sched-ext',
    run: refuses,
  },
];
