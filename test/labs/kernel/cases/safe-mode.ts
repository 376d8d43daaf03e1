import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { childOf, type LabAgent } from '../guest/agent.ts';
import { attached, rightLayers, status, stock } from '../guest/checks.ts';
import { type LabNode, labNode } from '../guest/node.ts';
import { ATTACH_MS, STATUS_MS } from '../guest/times.ts';
import { kernelTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';

/** What is promised under emulation, from the wish to `disabled`. */
const DISABLED_MS = 5_000;
const FILE = '/run/temper/safe-mode';

interface Source {
  readonly name: string;
  readonly on: () => void | Promise<void>;
  readonly off: () => void | Promise<void>;
}

function sources(node: LabNode, agent: LabAgent): Record<'annotation' | 'file' | 'cli', Source> {
  const cli = async (word: string): Promise<void> => {
    const { code, stderr } = await agent.cli('safe-mode', word);
    assert.equal(code, 0, stderr);
  };
  return {
    annotation: {
      name: 'annotation',
      on: () => node.api.annotate('safe-mode-requested', 'true'),
      off: () => node.api.annotate('safe-mode-requested', null),
    },
    file: { name: 'file', on: () => writeFileSync(FILE, ''), off: () => rmSync(FILE) },
    cli: { name: 'temper-cli', on: () => cli('on'), off: () => cli('off') },
  };
}

async function scene(ctx: Ctx): Promise<{ node: LabNode; agent: LabAgent }> {
  const node = await labNode(ctx);
  await node.addPod({ name: 'high', tier: 'high', loads: [{ mode: 'sleeper' }] });
  await node.addPod({ name: 'normal', tier: 'normal', loads: [{ mode: 'hog', threads: 2 }] });
  return { node, agent: node.startAgent() };
}

/** The kernel is on stock in time and the child is gone, and it stays so. */
async function standsDown(
  ctx: Ctx,
  node: LabNode,
  agent: LabAgent,
  { name, on }: Source,
  phase: string,
): Promise<void> {
  const begun = performance.now();
  await on();
  const told = performance.now();
  await until(
    'stock, without a child',
    () => kernelTruth().state === 'disabled' && childOf(agent.pid) === null,
    DISABLED_MS,
    () => `${JSON.stringify(kernelTruth())}, child ${childOf(agent.pid)}`,
  );
  const ms = performance.now() - (name === 'temper-cli' ? told : begun);
  ctx.figure(`by ${name} while ${phase}: to disabled`, ms, 'ms');
  await status(node, agent, 'safe-mode');
}

async function whileEnforcing(ctx: Ctx): Promise<void> {
  const { node, agent } = await scene(ctx);
  await status(node, agent, 'enforcing');
  for (const source of Object.values(sources(node, agent))) {
    const { enableSeq } = kernelTruth();
    await standsDown(ctx, node, agent, source, 'enforcing');
    assert.equal(kernelTruth().enableSeq, enableSeq, 'nothing attaches in safe mode');
    await source.off();
    await attached(enableSeq);
    await status(node, agent, 'enforcing');
  }
  await rightLayers(ctx, node);
}

async function onTheWay(ctx: Ctx): Promise<void> {
  const { node, agent } = await scene(ctx);
  const { file, annotation } = sources(node, agent);
  const child = async (): Promise<number> => {
    await until('the scheduler is being started', () => childOf(agent.pid) !== null, ATTACH_MS);
    return childOf(agent.pid) ?? 0;
  };
  await child();
  await standsDown(ctx, node, agent, file, 'starting');

  await file.off();
  await until('the kernel has just enabled it', () => kernelTruth().state !== 'disabled', ATTACH_MS);
  await standsDown(ctx, node, agent, annotation, 'attaching');

  await annotation.off();
  process.kill(await child(), 'SIGKILL');
  await until('it backs off', () => agent.log.some((line) => line.includes('"phase":"waiting"')), STATUS_MS);
  await standsDown(ctx, node, agent, file, 'backing off');

  const { enableSeq } = kernelTruth();
  await file.off();
  await attached(enableSeq);
  await status(node, agent, 'enforcing');
  node.api.cut();
  await file.on();
  ctx.figure('by file without an API server: to disabled', await stock(DISABLED_MS), 'ms');
}

export const SAFE_MODE: readonly Case[] = [
  {
    name: 'safe-mode-enforcing',
    what: 'by annotation, file and temper-cli: disabled within 5 s, and back afterwards',
    deadlineMs: 1_800_000,
    run: whileEnforcing,
  },
  {
    name: 'safe-mode-on-the-way',
    what: 'while starting, attaching, backing off, and without an API server: disabled within 5 s',
    deadlineMs: 1_800_000,
    run: onTheWay,
  },
];
