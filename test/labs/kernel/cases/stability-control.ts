/** The control of `stability`: a config that is known to be bad is ejected, and the agent lives through it as designed. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { CONFIG, childOf } from '../guest/agent.ts';
import { attached, status, stock } from '../guest/checks.ts';
import { capabilities } from '../guest/members.ts';
import { type LabNode, labNode } from '../guest/node.ts';
import { describeOwned, ownedCpus } from '../guest/owned.ts';
import { ATTACH_MS } from '../guest/times.ts';
import { kernelTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';

const BINARY = '/tmp/bad-scheduler';
/** How many starts more get the config without `fifo`. */
const BAD = '/tmp/bad-starts';
/** The kernel's watchdog waits 30 s if nothing is said; the same load under the agent's own config must live with this one. */
const WATCHDOG_MS = 6_000;
const EJECTED_MS = 60_000;
const OWNED_MS = 15_000;
/** After so many the agent gives up. */
const EJECTIONS = 3;
const FLAGS = ['--enforce=always'];
/**
 * Without `fifo` a slice of a tick puts a thread of nice 19 0.4 s behind each other thread of its layer. The
 * layer must own a CPU for that, so no protected pod here: what owns none shares the low-fallback queue, which has an order of its own.
 */
const HOGS = [
  { mode: 'hog', threads: 64 },
  { mode: 'hog', name: 'nice-19', nice: 19, threads: 2 },
] as const;

/** scx_layered as the agent starts it, but with a bad config for the first starts, and a watchdog of less patience. */
function badScheduler(ctx: Ctx, starts: number): string {
  const script = `#!/bin/sh
left=$(cat ${BAD})
case "$*" in *${CONFIG}*)
  if [ "$left" -gt 0 ]; then
    sed -i 's/"fifo":true/"fifo":false/g' ${CONFIG}
    echo $((left - 1)) > ${BAD}
  fi ;;
esac
SCX_TIMEOUT_MS=${WATCHDOG_MS} exec ${ctx.scx} "$@"
`;
  writeFileSync(BINARY, script, { mode: 0o755 });
  writeFileSync(BAD, `${starts}`);
  ctx.after(() => {
    for (const path of [BINARY, BAD]) rmSync(path, { force: true });
  });
  return BINARY;
}

/** @returns false where the binary is patched: it is to live */
async function ejected(ctx: Ctx, node: LabNode, after: number, number: number): Promise<boolean> {
  const { length } = stalls(node);
  await attached(after);
  ctx.log(`owned: ${await owned()}`);
  if ((await capabilities()) !== null) return false;
  ctx.figure(`ejection ${number}: after its attach`, await stock(EJECTED_MS), 'ms');
  const told = (): boolean => stalls(node).length > length;
  await until('an Event tells of the stall', told, ATTACH_MS, () => node.api.events().join('\n'));
  return true;
}

/** What is built with `patches/` bounds how long a thread of nice 19 waits. */
async function lives(node: LabNode): Promise<void> {
  const truth = kernelTruth();
  await new Promise((resolve) => setTimeout(resolve, 3 * WATCHDOG_MS));
  assert.deepEqual(kernelTruth(), truth, 'a patched binary lives with the bad config');
  assert.deepEqual(stalls(node), []);
}

/** Once the layer of the hogs has its CPU. */
async function owned(): Promise<string> {
  let layers: Record<string, number> = {};
  await until(
    'normal owns a CPU',
    async () => {
      layers = await ownedCpus().catch(() => ({}));
      return (layers['normal'] ?? 0) > 0;
    },
    OWNED_MS,
    () => describeOwned(layers),
  );
  return describeOwned(layers);
}

function stalls(node: LabNode): string[] {
  return node.api.events().filter((event) => /^SchedulerEjected: .*\(ejected\).*stall/s.test(event));
}

async function control(ctx: Ctx): Promise<void> {
  const times = ctx.long ? EJECTIONS : 1;
  const node = await labNode({ ...ctx, scx: badScheduler(ctx, times) });
  await node.addPod({ name: 'normal', tier: 'normal', loads: HOGS });
  const agent = node.startAgent(FLAGS);
  for (let number = 1; number <= times; number++) {
    if (!(await ejected(ctx, node, kernelTruth().enableSeq, number))) return await lives(node);
  }
  const { enableSeq } = kernelTruth();
  if (ctx.long) {
    await status(node, agent, 'degraded: latched: ejected');
    assert.equal(childOf(agent.pid), null);
    const { code, stderr } = await agent.cli('scheduler', 'reload');
    assert.equal(code, 0, stderr);
  }
  await attached(enableSeq);
  await status(node, agent, 'enforcing');
  const good = kernelTruth();
  await new Promise((resolve) => setTimeout(resolve, 3 * WATCHDOG_MS));
  assert.deepEqual(kernelTruth(), good, 'the config of the agent lives under the same load');
}

export const STABILITY_CONTROL: readonly Case[] = [
  {
    name: 'stability-control',
    what: 'without fifo a thread of nice 19 starves and the kernel ejects; the agent says why, backs off, latches after three',
    deadlineMs: 1_800_000,
    scheduler: 'stock',
    run: control,
  },
  {
    name: 'stability-control-patched',
    what: 'a patched binary lives with what the stock one is ejected for',
    deadlineMs: 1_800_000,
    run: control,
  },
];
