import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startGuest } from '../../test/labs/kernel/host/guest.ts';
import { diskOf, type Lab, type Made, nameOf, vmOptions } from '../../test/labs/kernel/host/lab.ts';
import type { Entry } from '../../test/labs/kernel/parts/cpio.ts';
import { chooseScx } from '../../test/labs/kernel/parts/scx.ts';
import { shapeOf } from '../../test/labs/kernel/vm/shape.ts';
import { BEGIN, END, MARK, ORDERS, type Orders, RESULTS, ROUND, UPSTREAM } from './orders.ts';
import type { Plan } from './plan.ts';
import type { HostMeasured, Measured } from './window.ts';

/** Finer than what is measured. */
const TURN_US = 100;

export const GUEST = { kernel: 'sched-ext', scx: 'patched', shape: shapeOf({}), words: [] } as const;

/** A round in a guest of its own. @throws Error where nothing was measured */
export async function runRound(lab: Lab, made: Made, plan: Plan, round: number): Promise<HostMeasured[]> {
  const { folder } = lab;
  mkdirSync(folder, { recursive: true });
  const say = (text: string): void => {
    if (!text.endsWith(` ${MARK}`)) lab.say(`round ${round + 1}: ${text}`);
  };
  const orders: Orders = { plan, round };
  const entries: Entry[] = [
    ...made.entries,
    { path: ORDERS.slice(1), kind: 'file', content: JSON.stringify(orders) },
    { path: UPSTREAM.slice(1), kind: 'copy', source: chooseScx('stock', lab.say), executable: true },
  ];
  const disks = new Map([[nameOf(GUEST), diskOf(lab, entries, GUEST)]]);
  const options = { ...vmOptions(lab, { ...made, disks }, GUEST), turnUs: TURN_US };
  const guest = await startGuest(options, join(folder, 'console.log'), say);
  const begun = new Map<number, number>();
  const ended = new Map<number, number>();
  const outcome = await guest.perform({ name: ROUND, seed: round + 1 }, folder, ({ name, value }) => {
    if (name === BEGIN) begun.set(value, guest.cpuMs());
    if (name === END) ended.set(value, guest.cpuMs());
  });
  await guest.end();
  // Windows that were measured before a failure are as good as others.
  if (outcome.state !== 'passed') say(`failed: ${outcome.reason}; its files: ${folder}`);
  const measured = JSON.parse(readFileSync(join(folder, RESULTS), 'utf8')) as Measured[];
  return measured.map((one, index) => ({
    ...one,
    hostSeconds: ((ended.get(index) ?? Number.NaN) - (begun.get(index) ?? Number.NaN)) / 1_000,
  }));
}
