/**
 * What the patches cost a wake-up. The guest's clock counts instructions, so the same quiet guest gives the same figures with
 * each binary, but for what happens to wake up beside: the two cases are one measurement.
 */
import { costsOf } from '../guest/bpf-costs.ts';
import { startByHand } from '../guest/by-hand.ts';
import { attached } from '../guest/checks.ts';
import { startLoad } from '../guest/load.ts';
import { change } from '../guest/members.ts';
import { PROGRAMS } from '../guest/programs.ts';
import { kernelTruth } from '../guest/truth.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { clearAtEnd, type Place, place } from './membership/scene.ts';

const WINDOW_MS = 4_000;
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

async function measured(ctx: Ctx, how: string, { path }: Place): Promise<void> {
  const load = await startLoad(PROGRAMS.load, { ...SLEEPER, cgroup: path });
  ctx.after(() => load.kill());
  await pause(SETTLE_MS);
  const { wakeups, nsPerWakeup, nsPerCall } = await costsOf(() => pause(WINDOW_MS));
  load.kill();
  ctx.figure(`${how}: all programs, for each of ${wakeups} wake-ups`, nsPerWakeup, 'ns');
  for (const [program, ns] of nsPerCall) ctx.figure(`${how}: a call of ${program}`, ns, 'ns');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const ONE = { deadlineMs: 600_000, long: true, onRequest: 'it has not been seen through yet' } as const;

export const WAKEUP_COST: readonly Case[] = [
  {
    ...ONE,
    name: 'wakeup-cost-stock',
    what: 'what the programs of the stock scx_layered take for each wake-up of a quiet guest',
    run: stock,
  },
  {
    ...ONE,
    name: 'wakeup-cost-patched',
    what: 'the same with the patches: by a rule, by an entry, and among 10,000 entries',
    scheduler: 'patched',
    run: patched,
  },
];
