import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { childOf, type LabAgent } from '../guest/agent.ts';
import { attached, childless, rightLayers, status } from '../guest/checks.ts';
import { type LabNode, labNode, SAFE_MODE_FILE } from '../guest/node.ts';
import { ATTACH_MS, STATUS_MS } from '../guest/times.ts';
import { kernelTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';

/** What is promised under emulation, from the wish to `disabled`. */
const DISABLED_MS = 5_000;

interface Source {
  readonly name: string;
  readonly on: () => void | Promise<void>;
  readonly off: () => void | Promise<void>;
}

interface Scene {
  readonly node: LabNode;
  readonly agent: LabAgent;
  readonly annotation: Source;
  readonly file: Source;
  readonly cli: Source;
}

async function scene(ctx: Ctx): Promise<Scene> {
  const node = await labNode(ctx);
  await node.addPod({ name: 'high', tier: 'high', loads: [{ mode: 'sleeper' }] });
  await node.addPod({ name: 'normal', tier: 'normal', loads: [{ mode: 'hog' }] });
  const agent = node.startAgent();
  const tell = async (word: string): Promise<void> => {
    const { code, stderr } = await agent.cli('safe-mode', word);
    assert.equal(code, 0, stderr);
  };
  return {
    node,
    agent,
    annotation: {
      name: 'annotation',
      on: () => node.api.annotate('safe-mode-requested', 'true'),
      off: () => node.api.annotate('safe-mode-requested', null),
    },
    file: { name: 'file', on: () => writeFileSync(SAFE_MODE_FILE, ''), off: () => rmSync(SAFE_MODE_FILE) },
    cli: { name: 'temper-cli', on: () => tell('on'), off: () => tell('off') },
  };
}

/** The kernel is on stock in time and the child is gone, and nothing attaches until it is taken back. */
async function standsDown(ctx: Ctx, { agent }: Scene, { name, on }: Source, phase: string): Promise<void> {
  const begun = performance.now();
  await on();
  const told = performance.now();
  await until(
    'stock, without a child',
    () => kernelTruth().state === 'disabled' && childOf(agent.pid) === null,
    DISABLED_MS,
    () => `${JSON.stringify(kernelTruth())}, child ${childOf(agent.pid)}`,
  );
  // temper-cli takes seconds to start under emulation, and answers once the agent knows.
  ctx.figure(
    `by ${name} while ${phase}: to disabled`,
    performance.now() - (name === 'temper-cli' ? told : begun),
    'ms',
  );
}

async function fromEachPhase(ctx: Ctx): Promise<void> {
  const it = await scene(ctx);
  const { node, agent, annotation, file, cli } = it;
  const isTold = async (): Promise<void> => {
    await status(node, agent, 'safe-mode');
    // A start that was due as the wish came has begun, and is ended.
    await childless(agent);
  };
  const child = async (): Promise<number> => {
    await until('the scheduler is being started', () => childOf(agent.pid) !== null, ATTACH_MS);
    return childOf(agent.pid) ?? 0;
  };

  const { enableSeq: none } = kernelTruth();
  // temper-cli takes as long to start here as the scheduler does to load.
  for (const source of [file, annotation]) {
    await child();
    await standsDown(ctx, it, source, 'starting');
    assert.equal(kernelTruth().enableSeq, none, 'it had not attached yet');
    await isTold();
    await source.off();
  }

  process.kill(await child(), 'SIGKILL');
  await until('it backs off', () => agent.log.some((line) => line.includes('"phase":"waiting"')), STATUS_MS);
  await standsDown(ctx, it, file, 'backing off');
  await isTold();
  await file.off();

  for (const source of ctx.long ? [annotation, file, cli] : [annotation]) {
    await until('the kernel has just enabled it', () => kernelTruth().state !== 'disabled', ATTACH_MS);
    await standsDown(ctx, it, source, 'attaching');
    await isTold();
    await source.off();
  }

  for (const source of ctx.long ? [cli, annotation, file] : [cli, annotation]) {
    await status(node, agent, 'enforcing');
    const { enableSeq } = kernelTruth();
    await standsDown(ctx, it, source, 'enforcing');
    await isTold();
    assert.equal(kernelTruth().enableSeq, enableSeq, 'nothing attaches in safe mode');
    await source.off();
    await attached(enableSeq);
  }

  await status(node, agent, 'enforcing');
  await rightLayers(ctx, node);
  node.api.cut();
  await standsDown(ctx, it, file, 'enforcing, without an API server');
}

export const SAFE_MODE: readonly Case[] = [
  {
    name: 'safe-mode',
    what: 'by annotation, file and temper-cli while starting, backing off, attaching, enforcing, and without an API server: disabled within 5 s, and back',
    deadlineMs: 1_800_000,
    run: fromEachPhase,
  },
];
