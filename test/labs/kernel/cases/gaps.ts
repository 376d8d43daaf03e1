/**
 * How long the node is on stock when the scheduler is replaced, side by side and under load: by a hand-over, by a restart of
 * the patched binary, and by one of the stock binary in a guest of its own.
 */
import assert from 'node:assert/strict';
import { ATTACH_MS } from '../guest/times.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { figures, medianOf } from './gaps/figures.ts';
import { Replacing } from './gaps/replacing.ts';
import { round } from './membership/moves.ts';

const SHORT = 2;
const LONG = 10;
/** What a hand-over is to gain. */
const TIMES = 20;

async function patched(ctx: Ctx): Promise<void> {
  const scene = await Replacing.start(ctx);
  assert.equal(scene.matching, 'members', 'this scx_layered cannot stand by: give a patched one by --scx');
  const count = ctx.long ? LONG : SHORT;
  for (let done = 0; done < count; done++) {
    await scene.replace('hand-over');
    await scene.replace('restart');
  }
  const { handedOver, restarted } = await scene.felt();
  figures(ctx, 'hand-over', handedOver);
  figures(ctx, 'restart of the patched binary', restarted);
  const times = medianOf(restarted, 'stock') / medianOf(handedOver, 'stock');
  ctx.figure('a restart takes as long as so many hand-overs, by their medians', round(times), '×');
  assert.ok(times >= TIMES, `a hand-over is only ${round(times)} times shorter than a restart`);
  const metrics = await scene.agent.metrics();
  for (const kind of ['handover', 'restart']) {
    assert.match(metrics, new RegExp(`temper_scheduler_updates_total\\{kind="${kind}",cause="reload"\\} ${count}\\n`));
  }
}

async function stock(ctx: Ctx): Promise<void> {
  const scene = await Replacing.start(ctx);
  assert.equal(scene.matching, 'prefixes', 'this is a patched scx_layered, and is not what this case is about');
  for (let done = 0; done < (ctx.long ? LONG : SHORT); done++) await scene.replace('restart');
  const { restarted } = await scene.felt();
  figures(ctx, 'restart of the stock binary', restarted);
}

const ONE = {
  deadlineMs: 20 * (LONG + 1) * ATTACH_MS,
  onRequest: 'it loads a scheduler again and again, which takes too long for each run',
} as const;

export const GAPS: readonly Case[] = [
  {
    ...ONE,
    name: 'gaps',
    what: 'the time on stock under load: hand-overs by the agent and restarts of the patched binary, in turn',
    run: patched,
  },
  {
    ...ONE,
    name: 'gaps-stock',
    what: 'the time on stock under the same load: restarts of the stock binary',
    scheduler: 'stock',
    run: stock,
  },
];
