/** The agent on a scheduler with live membership and live numbers: whatever happens to pods, it stays attached. */
import assert from 'node:assert/strict';
import { seeded } from '../../../standin/seeded.ts';
import { Deck } from '../guest/chance.ts';
import { attached, rightLayers, status } from '../guest/checks.ts';
import { type LabNode, labNode } from '../guest/node.ts';
import { tiersOf } from '../guest/tiers.ts';
import { kernelTruth } from '../guest/truth.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { CRITICAL, demote, fencedAgain } from './live/demotion.ts';
import { Judge } from './live/judged.ts';
import { LivePods, VICTIMS, type Victim } from './live/pods.ts';
import { Samples } from './live/samples.ts';

/**
 * How often each kind of change happens, and beside how many pods; a deck deals them by chance. The oracle looks at all threads
 * after every so many changes: it takes longer than most of them.
 */
interface Size {
  readonly rounds: number;
  readonly crowd: number;
  readonly byHand: number;
  readonly judgedEvery: number;
}
const SHORT = { rounds: 4, crowd: 20, byHand: 12, judgedEvery: 10 };
/** As many by hand as leave the agent writes for the demotion, which comes soon. */
const MIDDLE = { rounds: 20, crowd: 110, byHand: 10, judgedEvery: 25 };
const LONG = { rounds: 100, crowd: 500, byHand: 15, judgedEvery: 25 };
/** What an arrival finds: CPUs are taken, and the queues of the lowest tiers are long. */
const BUSY = [
  { tier: 'normal', threads: 2 },
  { tier: 'low', threads: 4 },
  { tier: 'background', threads: 12 },
] as const;
const IDLE_POD = { mode: 'sleeper', sleep: 2_000_000, work: 100 } as const;
const FLAGS = ['--scheduler-hold-ms=0'];

/** Hogs are let loose when the scheduler is attached: before, they only make that longer. */
async function start(ctx: Ctx, node: LabNode, crowd: number) {
  const working = { mode: 'sleeper', threads: 2, sleep: 10_000, work: 200 } as const;
  await node.addPod({ name: CRITICAL, tier: 'critical', requestMilli: 500, loads: [working] });
  for (const [name, { tier, load }] of Object.entries(VICTIMS)) {
    await node.addPod({ name, tier, loads: [{ ...load, name, held: load.mode === 'hog' }] });
  }
  for (let at = 0; at < crowd; at++) {
    await node.addPod({ name: `idle-${at}`, tier: at % 2 === 0 ? 'low' : 'high', requestMilli: 1, loads: [IDLE_POD] });
  }
  for (const { tier, threads } of BUSY) {
    await node.addPod({ name: `busy-${tier}`, tier, loads: [{ mode: 'hog', name: 'busy', threads, held: true }] });
  }
  const { enableSeq } = kernelTruth();
  const agent = node.startAgent(FLAGS);
  await attached(enableSeq);
  await status(node, agent, 'enforcing');
  for (const load of [...node.pods.values()].flatMap(({ loads }) => loads)) load.release();
  await rightLayers(ctx, node, { busy: ['busy-normal', CRITICAL] });
  return agent;
}

async function liveChanges(ctx: Ctx, { rounds, crowd, byHand, judgedEvery }: Size): Promise<void> {
  const node = await labNode(ctx);
  assert.equal(node.matching, 'members', 'this scx_layered has no live membership: give a patched one by --scx');
  const agent = await start(ctx, node, crowd);
  const tiers = await tiersOf(agent);
  ctx.after(() => tiers.close());
  const called = performance.now();
  await tiers.clear(CRITICAL);
  ctx.figure('first call by gRPC, which loads it', performance.now() - called, 'ms');
  const random = seeded(ctx.seed);
  const samples = new Samples(ctx);
  const pods = new LivePods(node, tiers, random, samples, byHand);
  const judge = await Judge.of(node, agent, pods);

  const acts: Record<string, () => Promise<void> | void> = {
    'a pod comes': () => pods.join(),
    'another comes': () => pods.join(),
    'a pod comes, and its processes after it': () => pods.begin(),
    'a pod goes': () => pods.depart(),
    'another goes': () => pods.depart(),
    'a third one goes': () => pods.depart(),
    'a request changes': () => pods.resize(),
    ...Object.fromEntries(
      (Object.keys(VICTIMS) as Victim[]).map((victim) => [`${victim}: its tier changes`, () => pods.retier(victim)]),
    ),
  };
  const deck = new Deck(Object.keys(acts), random);
  const count = rounds * Object.keys(acts).length;
  for (let done = 1; done <= count; done++) {
    const kind = deck.draw((one) => pods.count > 0 || !/goes|request/.test(one)) ?? 'a pod comes';
    await told(ctx, `change ${done}: ${kind}`, async () => {
      await acts[kind]?.();
      judge.sameAttach();
      if (done % judgedEvery === 0) await judge.layers();
    });
    // The agent holds a demotion for a minute, and what happens meanwhile is under it.
    if (done === Math.ceil(count / 3)) {
      judge.isFenceOpen = true;
      await told(ctx, 'demotion', () => demote(node, agent, samples));
    }
  }
  await fencedAgain(node, agent);
  judge.isFenceOpen = false;
  await judge.layers();
  judge.sameAttach();
  samples.figures();
  const updates = await judge.updates();
  for (const kind of ['live', 'handover', 'restart']) ctx.figure(`updates, ${kind}`, updates[kind] ?? 0, 'updates');
  ctx.figure('changes without a detach', count + 2, 'changes');
  ctx.figure('threads that the oracle judged, none wrong', judge.threads, 'threads');
  assert.deepEqual([updates['handover'] ?? 0, updates['restart'] ?? 0], [0, 0], 'nothing was started anew');
}

async function told(ctx: Ctx, what: string, happens: () => Promise<void>): Promise<void> {
  const begun = performance.now();
  try {
    await happens();
  } catch (error) {
    throw new Error(`seed ${ctx.seed}, ${what}: ${(error as Error).message}`, { cause: error });
  }
  ctx.log(`${what}: ${Math.round(performance.now() - begun)} ms`);
}

/** Kubelet's default of 110 pods, and as many as few nodes have; with `--long` 1,000 changes each. */
const CROWDS = [110, 500];

const common = {
  deadlineMs: 7_200_000,
  machine: { cpus: 4 },
  turnUs: 500,
} as const;

export const LIVE_CHANGES: readonly Case[] = [
  {
    ...common,
    name: 'live-changes',
    what: 'the agent on the patched scheduler: pods come, go, change tiers and requests under load, and it never detaches',
    run: (ctx) => liveChanges(ctx, ctx.long ? LONG : SHORT),
  },
  ...CROWDS.map((crowd) => ({
    ...common,
    name: `live-changes-${crowd}`,
    what: `the same, 200 changes beside ${crowd} pods`,
    onRequest: 'minutes of figures',
    run: (ctx: Ctx) => liveChanges(ctx, { ...(ctx.long ? LONG : MIDDLE), crowd }),
  })),
];
