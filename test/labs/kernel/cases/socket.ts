/** The scheduler's socket against whoever may connect: it stays attached, its members stay, its memory has a bound. */
import assert from 'node:assert/strict';
import type { Case, Ctx } from '../runner/case.ts';
import { attach, clearAtEnd, place, set } from './membership/scene.ts';
import { crowd, halfClosed, slow } from './socket/crowd.ts';
import { endless, fuzzed, wrong } from './socket/lines.ts';
import { rootsAlone } from './socket/owner.ts';
import { inLimits, Watched } from './socket/watched.ts';

async function hostile(ctx: Ctx): Promise<void> {
  clearAtEnd(ctx);
  const scheduler = await attach(ctx, []);
  inLimits(scheduler);
  await set('other', place('pods.slice/member.slice'));
  const watched = await Watched.of(ctx, scheduler);
  await rootsAlone();
  await watched.through('wrong lines', wrong);
  await watched.through('damaged lines', () => fuzzed(ctx));
  await watched.through('lines of 10 MiB', endless);
  await watched.through('half-closed', halfClosed);
  await watched.through('slow ones', () => slow(ctx));
  await watched.through('1,000 connections', () => crowd(ctx, watched));
  scheduler.child.kill('SIGTERM');
  assert.equal(await scheduler.ended, 0, scheduler.output());
}

export const HOSTILE: readonly Case[] = [
  {
    name: 'socket',
    what: 'patched scx_layered by hand: lines and connections that are out to end it; it stays attached, and is root’s alone',
    deadlineMs: 600_000,
    machine: { cpus: 4 },
    run: hostile,
  },
];
