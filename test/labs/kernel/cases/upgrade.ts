/** A new agent beside an old one, as in an upgrade with `maxSurge: 1`: needs a scheduler that can stand by. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { childOf, type LabAgent } from '../guest/agent.ts';
import { rightLayers, status } from '../guest/checks.ts';
import { handOver } from '../guest/handover.ts';
import { type LabNode, labNode } from '../guest/node.ts';
import { ATTACH_MS, STATUS_MS } from '../guest/times.ts';
import { kernelTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { round } from './membership/moves.ts';

const BROKEN = '/run/broken-scx';
const FLAGS = ['--scheduler-hold-ms=0'];

/** What `/readyz` says against it; null where it is ready. */
async function reasonOf(agent: LabAgent): Promise<string | null> {
  const { http } = await agent.ports;
  const answer = await fetch(`http://127.0.0.1:${http}/readyz`);
  const { reasons } = (await answer.json()) as { reasons: Record<string, string> };
  return answer.status === 200 ? null : Object.values(reasons).join('; ');
}

async function upgrade(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  await node.addPod({
    name: 'critical',
    tier: 'critical',
    requestMilli: 500,
    loads: [{ mode: 'sleeper', threads: 2 }],
  });
  await node.addPod({ name: 'normal', tier: 'normal', loads: [{ mode: 'hog', processes: 2 }] });
  const old = node.startAgent(FLAGS);
  await status(node, old, 'enforcing', ATTACH_MS);

  const next = await ready(ctx, node);
  const ended = await takesOver(ctx, 'SIGTERM of the old agent', next, () => old.signal('SIGTERM'));
  assert.equal(await old.ended, 0);
  await rightLayers(ctx, node);
  assert.match(await next.metrics(), /temper_scheduler_updates_total\{kind="handover",cause="upgrade"\} 1/);

  await brokenOne(ctx, node, next);

  const third = await ready(ctx, node);
  await standbyDies(ctx, third);
  const killed = await takesOver(ctx, 'SIGKILL of the old agent', third, () => next.signal('SIGKILL'));
  await rightLayers(ctx, node);
  ctx.log(`without a scheduler: ${round(ended)} ms, ${round(killed)} ms`);
  await status(node, third, 'enforcing', STATUS_MS);
}

/** Another agent that has loaded; the one that enforces has not noticed. */
async function ready(ctx: Ctx, node: LabNode): Promise<LabAgent> {
  const before = kernelTruth();
  const agent = node.startAgent(FLAGS);
  const took = await until(
    'the new agent is ready',
    async () => (await reasonOf(agent)) === null,
    ATTACH_MS,
    () => agent.log.slice(-5).join('\n'),
  );
  ctx.figure('from the start of the new agent until it is ready', took, 'ms');
  assert.deepEqual(kernelTruth(), before);
  assert.equal((await agent.observe()).scheduler.phase, 'standing-by');
  return agent;
}

/** @returns the milliseconds without a scheduler */
async function takesOver(ctx: Ctx, what: string, next: LabAgent, end: () => void): Promise<number> {
  const { all, stock } = await handOver(end, () => next.log.slice(-5).join('\n'));
  ctx.figure(`${what}: until the next one's scheduler is attached`, round(all), 'ms');
  ctx.figure(`${what}: without a scheduler`, round(stock), 'ms');
  await until(
    'the new agent enforces',
    async () => (await next.observe()).scheduler.phase === 'enforcing',
    ATTACH_MS,
    () => next.log.slice(-5).join('\n'),
  );
  return stock;
}

/** What waits is killed: nothing happens to the one that is attached, and the new agent is not ready until another waits. */
async function standbyDies(ctx: Ctx, agent: LabAgent): Promise<void> {
  const before = kernelTruth();
  process.kill(childOf(agent.pid) ?? assert.fail('it has no standby'), 'SIGKILL');
  const explain = (): string => agent.log.slice(-5).join('\n');
  await until('it is not ready', async () => (await reasonOf(agent)) !== null, STATUS_MS, explain);
  // Its log comes by another way than the answer, and may come later.
  const isTold = (): boolean =>
    agent.log.some((line) => line.includes('"error":"TMP3535"') && line.includes('"class":"killed"'));
  await until('it says why', isTold, STATUS_MS, explain);
  const took = await until('it is ready again', async () => (await reasonOf(agent)) === null, ATTACH_MS, explain);
  ctx.figure('a standby that waits is killed: until another waits', took, 'ms');
  assert.deepEqual(kernelTruth(), before);
}

/** A version whose scheduler says what it is and does not load: never ready, and the one that enforces goes on. */
async function brokenOne(ctx: Ctx, node: LabNode, attached: LabAgent): Promise<void> {
  const before = kernelTruth();
  const script = `#!/bin/sh\ncase "$1" in --version|--help) exec ${ctx.scx} "$@";; esac\necho 'Error: broken' >&2\nexit 1\n`;
  writeFileSync(BROKEN, script, { mode: 0o755 });
  const broken = node.startAgent([...FLAGS, `--scheduler-binary=${BROKEN}`]);
  await until(
    'the broken version says why it is not ready',
    async () => /did not load \(error\): upgrade: /.test((await reasonOf(broken)) ?? ''),
    ATTACH_MS,
    () => broken.log.slice(-5).join('\n'),
  );
  broken.signal('SIGTERM');
  assert.equal(await broken.ended, 0);
  assert.deepEqual(kernelTruth(), before);
  assert.equal((await attached.observe()).scheduler.phase, 'enforcing');
  assert.equal(node.api.annotation('agent-status'), 'enforcing');
}

export const UPGRADE: readonly Case[] = [
  {
    name: 'agent-upgrade',
    what: 'a new agent loads beside the old one, is ready, and attaches when that one ends or dies; a broken version is never ready',
    deadlineMs: 900_000,
    run: upgrade,
  },
];
