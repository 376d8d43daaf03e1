import { writeFileSync } from 'node:fs';
import { attached } from '../../../test/labs/kernel/guest/checks.ts';
import { type LabNode, labNode } from '../../../test/labs/kernel/guest/node.ts';
import { describeOwned } from '../../../test/labs/kernel/guest/owned.ts';
import type { Case, Ctx } from '../../../test/labs/kernel/runner/case.ts';
import { BEGIN, END, MARK, type Orders, RESULTS, ROUND } from '../orders.ts';
import { type Arm, isAgentArm, nameOf, type Plan, windowsOf } from '../plan.ts';
import { percentiles } from '../statistics.ts';
import { type Measured, notProven } from '../window.ts';
import { enter, START_MS } from './arms.ts';
import { measure } from './measure.ts';

const DEADLINE_MS = 3_600_000;

export function roundOf(orders: Orders): Case {
  return {
    name: ROUND,
    what: 'all windows of one round',
    deadlineMs: DEADLINE_MS,
    run: (ctx) => run(ctx, orders),
  };
}

async function run(ctx: Ctx, { plan, round }: Orders): Promise<void> {
  const node = await pods(ctx, plan);
  const measured: Measured[] = [];
  let arm: Arm | null = null;
  let leave = (): void | Promise<void> => {};
  for (const [index, window] of windowsOf(plan, round).entries()) {
    if (window.arm !== arm) {
      await leave();
      leave = await enter(ctx, node, window.arm);
      arm = window.arm;
    }
    // After an ejection the agent attaches again.
    if (isAgentArm(arm)) await attached(0, START_MS);
    const found = await measure(node, plan, window, {
      begin: () => ctx.figure(BEGIN, index, MARK),
      end: () => ctx.figure(END, index, MARK),
    });
    const wrong = notProven(found);
    ctx.log(wrong === null ? summary(found) : `${nameOf(window)} does not count: ${wrong}`);
    measured.push(found);
    // After each, so that what was measured before a failure is not lost.
    writeFileSync(ctx.artifact(RESULTS), JSON.stringify(measured));
  }
  await leave();
}

/** All that any window needs from the beginning: a stock scheduler is restarted for each pod that comes. */
async function pods(ctx: Ctx, { tier }: Plan): Promise<LabNode> {
  const node = await labNode(ctx);
  await node.addPod({ name: 'measured', tier, requestMilli: 500 });
  await node.addPod({ name: 'normal', tier: 'normal', requestMilli: 100 });
  await node.addPod({ name: 'normal-large', tier: 'normal', requestMilli: 800 });
  await node.addPod({ name: 'normal-other', tier: 'normal', requestMilli: 100 });
  await node.addPod({ name: 'low', tier: 'low', requestMilli: 100 });
  await node.addPod({ name: 'background', tier: 'background', requestMilli: 100 });
  return node;
}

function summary({ window, seconds, latencies, throughput, layers }: Measured): string {
  const late = percentiles(latencies);
  const told =
    late === null
      ? ''
      : `, ${late.samples} samples, p50 ${late.p50.toFixed(2)} p99 ${late.p99.toFixed(2)} p99.9 ${late.p999.toFixed(2)} ms`;
  const work = Object.entries(throughput).map(([pod, units]) => `${pod} ${units.toFixed(0)}`);
  return `${nameOf(window)}: ${seconds.toFixed(1)} s${told}; ${[...work, describeOwned(layers)].join(', ')}`;
}
