import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { LabAgent } from '../../guest/agent.ts';
import { status } from '../../guest/checks.ts';
import { openFiles } from '../../guest/leaks.ts';
import { SAFE_MODE_FILE } from '../../guest/node.ts';
import { STATUS_MS } from '../../guest/times.ts';
import { until } from '../../guest/until.ts';
import type { Ctx } from '../../runner/case.ts';
import { hung, schedulerOf } from './hung.ts';
import { outOfMemory } from './out-of-memory.ts';
import { enforces, survives, underLoad } from './scene.ts';

const KILLED = /^killed: ended by SIGKILL$/;
const SILENT = /^socket-silent: not proven for 10 s: /;
const OUT_OF_MEMORY = /^killed: ended by SIGKILL: out of memory$/;
const ASKED = /^asked: asked for by the host file/;

/** Killed, hanging, out of memory, and hanging when it is told to end. */
export async function ofTheChild(ctx: Ctx): Promise<void> {
  const scene = await underLoad(ctx);
  let agent = scene.node.startAgent();
  await enforces(ctx, scene, agent);
  const first = agent;
  const files = openFiles(agent.pid);
  const signal = (name: NodeJS.Signals) => () => void process.kill(schedulerOf(agent), name);
  const same = () => agent;
  await survives(ctx, scene, { what: 'SIGKILL of the child', act: signal('SIGKILL'), agent: same });
  // It answers no question: 10 s without a proof, then from SIGTERM to SIGKILL.
  await survives(ctx, scene, { what: 'SIGSTOP of the child', act: signal('SIGSTOP'), agent: same, stockMs: 20_000 });
  // It has more open for a moment, while it asks the gate or writes to the API server.
  await until(
    'after two deaths no file is left open',
    () => openFiles(agent.pid) <= files + 2,
    STATUS_MS,
    () => `${files} before, ${openFiles(agent.pid)} now`,
  );

  agent = await outOfMemory(ctx, scene, agent);
  await hung(ctx, agent, { what: 'safe mode', ask: () => writeFileSync(SAFE_MODE_FILE, '') });
  await status(scene.node, agent, 'safe-mode');
  if (agent === first) await told([agent], [KILLED, SILENT, OUT_OF_MEMORY, ASKED]);
  else await told([first, agent], [KILLED, SILENT, ASKED]);
}

/** What the agents say of each end: class and reason. */
async function told(agents: readonly LabAgent[], expected: readonly RegExp[]): Promise<void> {
  const ends = (): string[] => {
    const lines = agents.flatMap(({ log }) => log.filter((line) => line.includes('"class":')));
    return lines.map((line) => JSON.parse(line)).map(({ class: found, detail }) => `${found}: ${detail}`);
  };
  // The last one is told when its process is reaped, a moment after the kernel is on stock.
  await until(
    'all ends are told',
    () => ends().length === expected.length,
    STATUS_MS,
    () => ends().join('\n'),
  );
  for (const [at, says] of expected.entries()) assert.match(ends()[at] ?? '', says);
}
