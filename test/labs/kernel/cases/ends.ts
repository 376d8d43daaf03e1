import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { classify } from '../../../../agent/scheduler/machine/exit-class.ts';
import { ENDS, type End, endsOf } from '../calibration/ends.ts';
import { type ByHand, startByHand } from '../guest/by-hand.ts';
import { ATTACH_MS, STOCK_MS } from '../guest/times.ts';
import { kernelTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { onStock } from './on-stock.ts';

const isAttached = (): boolean => kernelTruth().state === 'enabled';

async function attached(it: ByHand): Promise<void> {
  await until('it is attached', () => isAttached() || it.hasEnded(), ATTACH_MS, it.output);
  assert.ok(isAttached(), it.output());
}

/** How it ended, as agent and table see it. */
async function judge(ctx: Ctx, it: ByHand, expected: End, wasAttached: boolean): Promise<string[]> {
  const exit = await it.exit();
  const { class: found, detail } = classify(exit, { attached: wasAttached, hotplugged: false, recentHotplug: false });
  ctx.log(`${expected.name}: ${found}, ${detail}`);
  const wrong = [
    ...((exit.signal ?? exit.code) === expected.end ? [] : [`it ended with ${exit.signal ?? exit.code}`]),
    ...(found === expected.class ? [] : [`the agent takes it for ${found}`]),
    ...(expected.says.test(exit.output) ? [] : [`it said: ${exit.output.slice(-2_000)}`]),
  ];
  return wrong.map((text) => `${expected.name}: ${text}`);
}

async function ends(ctx: Ctx): Promise<void> {
  const wrong: string[] = [];
  let running: ByHand | null = null;
  const { status } = spawnSync(ctx.scx, ['--members', '/dev/null', '--version']);
  for (const expected of endsOf(status === 0 ? 'patched' : 'stock')) {
    if (expected.second === true) {
      running = startByHand(ctx, expected.config);
      await attached(running);
    }
    const it =
      expected.signal !== undefined && running !== null ? running : startByHand(ctx, expected.config, expected.words);
    if (expected.signal !== undefined) {
      if (it !== running) await attached(it);
      it.child.kill(expected.signal);
      running = null;
    }
    wrong.push(...(await judge(ctx, it, expected, expected.signal !== undefined)));
    if (running === null) await until('stock', () => kernelTruth().state === 'disabled', STOCK_MS);
  }
  assert.deepEqual(wrong, []);
}

/** What the agent's `--kconfig` is for: hosts that have their kernel's config in another place. */
async function kconfig(ctx: Ctx): Promise<void> {
  const system = `/boot/config-${readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim()}`;
  const elsewhere = '/run/kernel-config';
  copyFileSync(system, elsewhere);
  rmSync(system);
  ctx.after(() => copyFileSync(elsewhere, system));
  const config = ENDS.find(({ signal }) => signal === 'SIGTERM')?.config;
  const without = startByHand(ctx, config);
  assert.equal(await without.ended, 1);
  assert.match(without.output(), /Invalid argument/);
  const it = startByHand(ctx, config, ['--kconfig', elsewhere]);
  await attached(it);
  it.child.kill('SIGTERM');
  assert.equal(await it.ended, 0);
}

const WAYS: Case = {
  name: 'ends',
  what: 'how the real binary ends and what it says, and what the agent makes of it: the table that the double is held to',
  deadlineMs: 1_200_000,
  run: ends,
};

export const BY_HAND: readonly Case[] = [
  WAYS,
  onStock(WAYS),
  {
    name: 'kconfig',
    what: "without the kernel's config it does not load; with --kconfig it does",
    deadlineMs: 600_000,
    run: kconfig,
  },
];
