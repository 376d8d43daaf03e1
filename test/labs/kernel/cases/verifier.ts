/** How near the scheduler's programs are to what the kernel's verifier is ready to look at, and how long an attach takes. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startByHand } from '../guest/by-hand.ts';
import { PROGRAMS } from '../guest/programs.ts';
import { ATTACH_MS } from '../guest/times.ts';
import { kernelTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';

/** A tenth of the kernel's limit: another kernel may look at several times as much of the same programs, as 6.18 does of stock's. */
const MOST = 100_000;
const SHOWN = 6;
const NUMBERS = { util_range: [0.5, 0.8], cpus_range: [1, 1], weight: 100, slice_us: 3_000, fifo: true };
/** Each kind once, as the agent has them. */
const KINDS: Readonly<Record<string, unknown>> = {
  fence: { Confined: { ...NUMBERS, preempt: true, protected: true } },
  high: { Grouped: { ...NUMBERS, preempt: true } },
  normal: { Grouped: { ...NUMBERS, cpus_range: [0, 1] } },
  low: { Grouped: { ...NUMBERS, cpus_range: [0, 1], fifo: false } },
  host: { Grouped: { ...NUMBERS, preempt: true } },
};

interface Verified {
  readonly name: string;
  readonly instructions: number;
}

async function verifier(ctx: Ctx): Promise<void> {
  const names = Object.keys(KINDS);
  const layers = names.map((name) => ({
    name,
    matches: name === 'host' ? [[]] : [[{ CgroupPrefix: `lab.slice/${name}.slice/` }]],
    kind: KINDS[name],
  }));
  const { enableSeq } = kernelTruth();
  const scheduler = startByHand(ctx, layers);
  const isAttached = (): boolean => kernelTruth().enableSeq > enableSeq || scheduler.hasEnded();
  ctx.figure('from start to enabled', await until('it is attached', isAttached, ATTACH_MS, scheduler.output), 'ms');
  assert.equal(kernelTruth().state, 'enabled', scheduler.output());

  const all = await verified();
  for (const { name, instructions } of all.slice(0, SHOWN)) ctx.figure(name, instructions, 'instructions');
  ctx.figure(`all ${all.length}`, total(all), 'instructions');
  ctx.log(all.map(({ name, instructions }) => `${name} ${instructions}`).join(', '));
  const [heaviest] = all;
  assert.ok(heaviest !== undefined && heaviest.instructions > 0, 'the kernel tells how many it has looked at');
  assert.ok(heaviest.instructions <= MOST, `${heaviest.name} takes ${heaviest.instructions} of a million`);
}

/** All programs of the guest, which are the scheduler's; the heaviest first. */
async function verified(): Promise<Verified[]> {
  const { stdout } = await promisify(execFile)(PROGRAMS.bpfCosts, ['--verified']);
  const lines = stdout.split('\n').filter((line) => line !== '');
  const all = lines.map((line) => {
    const [name = '', instructions] = line.split(' ');
    return { name, instructions: Number(instructions) };
  });
  return all.sort((one, other) => other.instructions - one.instructions);
}

function total(all: readonly Verified[]): number {
  return all.reduce((sum, { instructions }) => sum + instructions, 0);
}

const VERIFIED: Omit<Case, 'name' | 'what'> = {
  deadlineMs: 300_000,
  run: verifier,
};

export const VERIFIER: readonly Case[] = [
  { ...VERIFIED, name: 'verifier', what: 'what the verifier looks at, and how long an attach takes' },
  {
    ...VERIFIED,
    name: 'verifier-two-nodes',
    what: 'the same where there are two caches and two NUMA nodes, the code for which is left out elsewhere',
    machine: { cpus: 4, sockets: 2, nodes: 2 },
    onRequest: 'it is for another kernel, by --kernel, or another patch',
  },
];
