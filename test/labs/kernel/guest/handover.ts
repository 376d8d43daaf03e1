/** How long the kernel was on stock between two schedulers, by its own messages: looking often would make it longer. */
import { writeFileSync } from 'node:fs';
import { kernelLog, uptime } from '../runner/kernel-log.ts';
import { kernelTruth } from './truth.ts';
import { until } from './until.ts';

const MARK = 'lab: hand over';
const WITHIN_MS = 10_000;
/** The messages' clock is another one than that of `uptime`. */
const SLACK_SECONDS = 1;

export interface HandOver {
  /** From just before `begin` to "enabled", milliseconds. */
  readonly all: number;
  /** From "disabled" to "enabled". */
  readonly stock: number;
}

export interface Gap extends HandOver {
  /** When the kernel had no scheduler, by `performance.now`. */
  readonly from: number;
  readonly to: number;
}

/** @param begin ends the one that is attached, or has it ended */
export async function handOver(
  begin: () => unknown,
  explain: () => string,
  withinMs: number = WITHIN_MS,
): Promise<Gap> {
  const { enableSeq } = kernelTruth();
  const since = uptime() - SLACK_SECONDS;
  writeFileSync('/dev/kmsg', MARK);
  const marked = performance.now();
  await begin();
  const isAttached = (): boolean => {
    const now = kernelTruth();
    return now.enableSeq > enableSeq && now.state === 'enabled';
  };
  await until('another scheduler is attached', isAttached, withinMs, explain);
  const { all, stock } = readHandOver(kernelLog(since).text);
  return { all, stock, from: marked + all - stock, to: marked + all };
}

/** Of what the kernel has said since the last mark. */
export function readHandOver(text: string): HandOver {
  const all = text.split('\n');
  const lines = all.slice(all.findLastIndex((line) => line.includes(MARK)));
  const at = (what: RegExp): number => {
    const line = lines.findLast((one) => what.test(one));
    const seconds = /^\[\s*([\d.]+)\]/.exec(line ?? '')?.[1];
    if (seconds === undefined) throw new Error(`the kernel has not said ${what}: ${text}`);
    return Number(seconds) * 1000;
  };
  const [begun, disabled, enabled] = [at(new RegExp(MARK)), at(/sched_ext: .* disabled/), at(/sched_ext: .* enabled/)];
  return { all: enabled - begun, stock: enabled - disabled };
}
