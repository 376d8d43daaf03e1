import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { diceOf, randomOf, weighted } from '../agent/reconcile/random-acts.ts';
import { openDescriptors, residentMb } from '../support/processes.ts';
import { ACTS, PROTECTED } from './acts.ts';
import { openWorld, type SoakWorld } from './world.ts';

export interface SoakResult {
  readonly minutes: number;
  readonly seed: number;
  readonly acts: number;
  readonly restarts: number;
  readonly settled: Readonly<Record<string, number>>;
  readonly slowestSettleMs: number;
  /** Of the agent that lived longest, whenever the node was calm. */
  readonly residentMb: readonly number[];
  readonly descriptors: readonly number[];
  readonly patches: number;
  readonly patchesInAnHour: number;
}

/** What an agent may grow by, between the first calm and the last. */
export const GROWTH = { residentMb: 40, descriptors: 6 } as const;
export const PATCHES_PER_HOUR = 240;

const HOUR_MS = 3_600_000;
/** In the rest of the time one agent lives on, so that it is seen whether it grows. */
const RESTARTS_UNTIL = 0.3;
const CALMS = 8;
const PAUSE_MS = 3_000;

/**
 * Random acts on a real agent for a given time; after most of them the node must settle within the stated time. A failure names
 * the seed and the acts before it.
 */
export async function soak(minutes: number, seed: number, say: (line: string) => void): Promise<SoakResult> {
  const dice = diceOf(randomOf(seed));
  const world = await openWorld();
  const begun = performance.now();
  const elapsed = () => (performance.now() - begun) / (minutes * 60_000);
  const settled: Record<string, number> = {};
  const resident: number[] = [];
  const descriptors: number[] = [];
  const journal: string[] = [];
  let acts = 0;
  let slowestSettleMs = 0;
  try {
    for (let calms = 0; elapsed() < 1; acts += 1) {
      world.mayRestart = elapsed() < RESTARTS_UNTIL;
      const [, name, act] = weighted(ACTS, dice.chance());
      journal.push(`${Math.round(performance.now() - begun)} ms: ${name}`);
      await act(world, dice);
      if (dice.chance() < 0.35) await pause(dice.below(800));
      else {
        const { outcome, word, ms } = await world.settle();
        slowestSettleMs = Math.max(slowestSettleMs, ms);
        settled[`${outcome}, ${word}`] = (settled[`${outcome}, ${word}`] ?? 0) + 1;
        say(`${journal.at(-1)}: ${outcome}, ${word} after ${Math.round(ms)} ms`);
        await pause(dice.below(PAUSE_MS));
      }
      if (elapsed() < RESTARTS_UNTIL + ((1 - RESTARTS_UNTIL) * calms) / CALMS) continue;
      calms += 1;
      journal.push('calm');
      await calm(world);
      const pid = world.node.agent.child.pid ?? 0;
      resident.push(Math.round(residentMb(pid)));
      descriptors.push(openDescriptors(pid).length);
      say(`calm: ${resident.at(-1)} MB, ${descriptors.at(-1)} descriptors`);
    }
    await end(world);
  } catch (error) {
    const told = [...journal.slice(-12), ...world.node.agent.log.slice(-20)].join('\n');
    throw new Error(`seed ${seed}, act ${acts}\n${told}`, { cause: error });
  } finally {
    await world.node.close();
  }
  const { patches } = world.node.gate;
  const patchesInAnHour = Math.max(
    0,
    ...patches.map((from) => patches.filter((at) => at >= from && at < from + HOUR_MS).length),
  );
  assert.ok(growth(resident) <= GROWTH.residentMb, `memory: ${resident.join(', ')} MB`);
  assert.ok(growth(descriptors) <= GROWTH.descriptors, `descriptors: ${descriptors.join(', ')}`);
  assert.ok(patchesInAnHour <= PATCHES_PER_HOUR, `${patchesInAnHour} patches within an hour`);
  const { restarts } = world;
  const grown = { residentMb: resident, descriptors };
  return {
    minutes,
    seed,
    acts,
    restarts,
    settled,
    slowestSettleMs,
    ...grown,
    patches: patches.length,
    patchesInAnHour,
  };
}

const growth = (values: readonly number[]): number => (values.at(-1) ?? 0) - (values[0] ?? 0);

/** With nothing in the way and something to protect it enforces, whatever was before. */
async function calm(world: SoakWorld): Promise<void> {
  const { node, pods } = world;
  node.gate.set('open');
  world.fault({});
  if (world.online !== '0-7') {
    world.online = '0-7';
    node.host.setOnline('0-7');
  }
  await node.agent.setClockOff(0);
  await world.leaveSafeMode();
  if (!pods.has(PROTECTED)) pods.set(PROTECTED, await node.addPod(PROTECTED, 'temper-high'));
  await world.settle();
  await world.reload();
  for (let tries = 0; (await world.settle()).outcome !== 'enforcing'; tries += 1) {
    assert.ok(tries < 120, `it does not enforce: ${node.annotation('agent-status')}`);
    await pause(1_000);
  }
}

/** Asked to end, it leaves the node on stock, and nothing behind. */
async function end({ node }: SoakWorld): Promise<void> {
  assert.equal(await node.agent.end(), 0, 'it ends as asked');
  assert.equal(node.kernelState(), 'disabled');
  assert.deepEqual(node.processes(), [], 'processes are left');
  assert.deepEqual(node.strayFiles(), [], 'files are left');
  assert.match(node.annotation('agent-status'), /the agent has ended/);
}
