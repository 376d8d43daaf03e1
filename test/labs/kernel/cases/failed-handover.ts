/** Hand-overs that fail, on the real binary: the one that is attached goes on, and the agent says why. */
import assert from 'node:assert/strict';
import type { ErrorId } from '../../../../src/model/errors.ts';
import { type LabAgent, schedulerProcesses } from '../guest/agent.ts';
import { reload } from '../guest/calls.ts';
import { attached, rightLayers, status } from '../guest/checks.ts';
import { type LabNode, labNode } from '../guest/node.ts';
import { ATTACH_MS, STATUS_MS } from '../guest/times.ts';
import { kernelTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { type Fault, faultyScheduler } from './failed-handover/faulty.ts';

/** More than a load takes here, and little enough to wait for one that hangs. */
const START_MS = 45_000;
/** Of a load, which takes ten seconds: most of it is spent in the kernel, which ends it first. */
const LOADED_FOR_MS = 1_000;
const FLAGS = [
  '--scheduler-hold-ms=0',
  '--scheduler-attaches-per-hour=3600',
  `--scheduler-start-timeout-ms=${START_MS}`,
];

interface Scene {
  readonly ctx: Ctx;
  readonly node: LabNode;
  readonly agent: LabAgent;
  has(fault: Fault): void;
}

async function failedHandover(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  assert.equal(node.matching, 'members', 'this scx_layered cannot stand by: give a patched one by --scx');
  const { program, has } = faultyScheduler(ctx);
  const loads = [{ mode: 'sleeper', threads: 2 }] as const;
  await node.addPod({ name: 'critical', tier: 'critical', requestMilli: 500, loads });
  const agent = node.startAgent([...FLAGS, `--scheduler-binary=${program}`]);
  await status(node, agent, 'enforcing');
  const scene: Scene = { ctx, node, agent, has };

  has('after-ready');
  await startsAnew(scene);
  has('config');
  await goesOn(scene, 'a config that is refused', { says: 'TMP3121', class: 'config-refused' });
  has('flag');
  await goesOn(scene, 'a flag that is not known', { says: 'TMP3535', class: 'usage' });
  await restarts(scene);
  await goesOn(scene, 'killed while it loads', { says: 'TMP3535', class: 'killed' }, signalled('SIGKILL'));
  await restarts(scene);
  await goesOn(scene, 'stopped while it loads', { says: 'TMP3535', class: 'not-attached' }, signalled('SIGSTOP'));
  await restarts(scene);
  await rightLayers(ctx, node);
}

interface Saying {
  readonly says: ErrorId;
  readonly class: string;
}

/** The hand-over fails. The one that is attached is what it was, and still proven. */
async function goesOn({ ctx, agent, node }: Scene, what: string, saying: Saying, act?: Act): Promise<void> {
  const before = kernelTruth();
  const others = schedulerProcesses();
  const heard = agent.log.length;
  const begun = performance.now();
  await reload(agent);
  await act?.(others);
  await told(agent, heard, saying);
  ctx.figure(`${what}: until it is told`, performance.now() - begun, 'ms');
  await until('only the first one is left', () => schedulerProcesses().join() === others.join(), STATUS_MS);
  const { phase } = (await agent.observe()).scheduler;
  assert.equal(phase, 'enforcing', `${what}: ${agent.log.slice(-5).join('\n')}`);
  assert.deepEqual(kernelTruth(), before, what);
  await rightLayers(ctx, node);
}

async function told(agent: LabAgent, from: number, saying: Saying): Promise<void> {
  const line = (): string | undefined => agent.log.slice(from).find((one) => one.includes(`"error":"${saying.says}"`));
  await until(
    `${saying.says} is told`,
    () => line() !== undefined,
    START_MS + STATUS_MS,
    () => agent.log.slice(-5).join('\n'),
  );
  assert.equal(JSON.parse(line() ?? '')['class'], saying.class);
}

type Act = (others: readonly number[]) => Promise<void>;

/** What happens to the standby, the process that was not there before, while it loads. */
function signalled(signal: NodeJS.Signals): Act {
  return async (others) => {
    const standby = (): number | undefined => schedulerProcesses().find((pid) => !others.includes(pid));
    await until('a standby was started', () => standby() !== undefined, STATUS_MS);
    await new Promise((resolve) => setTimeout(resolve, LOADED_FOR_MS));
    process.kill(standby() ?? assert.fail('it has ended'), signal);
  };
}

/** Whoever asks again after a hand-over that failed means it. */
async function restarts({ ctx, agent, node, has }: Scene): Promise<void> {
  has('none');
  const { enableSeq } = kernelTruth();
  await reload(agent);
  ctx.figure('the reload after it, a restart: until it is attached', await attached(enableSeq), 'ms');
  await enforces(agent);
  await status(node, agent, 'enforcing');
}

/** Too late to go on: the first one is told to end when the second says that it is ready. So the node starts anew. */
async function startsAnew({ ctx, agent }: Scene): Promise<void> {
  const { enableSeq } = kernelTruth();
  const heard = agent.log.length;
  await reload(agent);
  await told(agent, heard, { says: 'TMP3130', class: 'killed' });
  assert.ok(!agent.log.slice(heard).some((line) => line.includes('TMP3535')), 'nobody is said to go on');
  ctx.figure('killed when it was its turn: until another is attached', await attached(enableSeq), 'ms');
  await enforces(agent);
}

async function enforces(agent: LabAgent): Promise<void> {
  const phase = async (): Promise<string> => (await agent.observe()).scheduler.phase;
  await until(
    'it enforces',
    async () => (await phase()) === 'enforcing',
    ATTACH_MS,
    () => agent.log.slice(-5).join('\n'),
  );
}

export const FAILED_HANDOVER: readonly Case[] = [
  {
    name: 'failed-handover',
    what: 'a hand-over whose second scheduler is refused, dies or hangs: the first stays attached, and it is told why',
    deadlineMs: 900_000,
    run: failedHandover,
  },
];
