/**
 * What the patches cost a wake-up. The guest's clock counts instructions, so the same quiet guest gives the same figures with
 * each binary, but for what happens to wake up beside: the two cases are one measurement.
 */
import assert from 'node:assert/strict';
import { matchingOf } from '../guest/binary.ts';
import { costsOf } from '../guest/bpf-costs.ts';
import { startByHand } from '../guest/by-hand.ts';
import { attached } from '../guest/checks.ts';
import { startLoad } from '../guest/load.ts';
import { change } from '../guest/members.ts';
import { PROGRAMS } from '../guest/programs.ts';
import { kernelTruth } from '../guest/truth.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { clearAtEnd, type Place, place } from './membership/scene.ts';

const WINDOW_MS = 10_000;
const SETTLE_MS = 500;
const TABLE = 10_000;
/** Of one request. */
const AT_ONCE = 4_096;
const SLEEPER = { mode: 'sleeper', name: 'sleeper', sleep: 2_000, work: 100 } as const;

const numbers = { util_range: [0.5, 0.8], cpus_range: [0, 2], weight: 100, slice_us: 3_000, fifo: true };
const kind = { Grouped: { ...numbers, protected: false, preempt: true, exclusive: false } };
const prefix = (path: string) => [{ CgroupPrefix: `lab.slice/${path}/` }];
/** As many layers and rules before the sleeper's as in the agent's config. */
const CONFIG = [
  ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => ({ name, matches: [prefix(`${name}.slice`)], kind })),
  { name: 'sleeper', matches: [prefix('pods.slice')], kind },
  { name: 'rest', matches: [[]], kind },
];

async function stock(ctx: Ctx): Promise<void> {
  assert.equal(
    await matchingOf(ctx.scx),
    'prefixes',
    'this is a patched scx_layered, and is not what this case is about',
  );
  const { container } = await scene(ctx);
  await measured(ctx, 'by a rule', container);
}

async function patched(ctx: Ctx): Promise<void> {
  const { pod, container } = await scene(ctx);
  await measured(ctx, 'by a rule', container);
  await change([{ cgroup: pod.id, layer: 'sleeper' }]);
  await measured(ctx, 'by an entry two levels above', container);
  const others = Array.from({ length: TABLE }, (_, at) => place(`others.slice/${at}.slice`).id);
  for (let at = 0; at < TABLE; at += AT_ONCE) {
    await change(others.slice(at, at + AT_ONCE).map((cgroup) => ({ cgroup, layer: 'rest' })));
  }
  await measured(ctx, `the same among ${TABLE} entries`, container);
}

async function scene(ctx: Ctx): Promise<{ pod: Place; container: Place }> {
  clearAtEnd(ctx);
  const { enableSeq } = kernelTruth();
  startByHand(ctx, CONFIG);
  await attached(enableSeq);
  return { pod: place('pods.slice/pod.slice'), container: place('pods.slice/pod.slice/deep.slice/container.scope') };
}

/** First without the kernel's count, which is part of what it counts, then with it. */
async function measured(ctx: Ctx, how: string, { path }: Place): Promise<void> {
  const load = await startLoad(PROGRAMS.load, { ...SLEEPER, cgroup: path });
  ctx.after(() => load.kill());
  await pause(SETTLE_MS);
  const from = performance.now();
  await pause(WINDOW_MS);
  const lasted = performance.now() - from;
  const { samples, seconds } = await load.report();
  const late = samples.filter(([at]) => at > 1_000 * seconds - lasted).map(([, us]) => us);
  ctx.figure(`${how}: a thread that wakes up runs after, mean of ${late.length}`, meanOf(late), 'us');
  const { wakeups, nsWaking, nsInAll, nsPerCall } = await costsOf(() => pause(WINDOW_MS));
  load.kill();
  ctx.figure(`${how}: programs on the way, for each of ${wakeups} wake-ups`, nsWaking, 'ns');
  ctx.figure(`${how}: all programs, for each wake-up`, nsInAll, 'ns');
  for (const [program, ns] of nsPerCall) ctx.figure(`${how}: a call of ${program}`, ns, 'ns');
}

/** @param values at least one */
function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const ONE = { deadlineMs: 600_000, long: true } as const;

export const WAKEUP_COST: readonly Case[] = [
  {
    ...ONE,
    name: 'wakeup-cost-stock',
    what: 'what the programs of the stock scx_layered take for each wake-up of a quiet guest',
    scheduler: 'stock',
    run: stock,
  },
  {
    ...ONE,
    name: 'wakeup-cost-patched',
    what: 'the same with the patches: by a rule, by an entry, and among 10,000 entries',
    run: patched,
  },
];
