/** What a wake-up costs in the programs of the attached scheduler. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { PROGRAMS } from './programs.ts';

const SWITCH = '/proc/sys/kernel/bpf_stats_enabled';
/** Called once for each wake-up, before all else. */
const RUNNABLE = 'layered_runnabl';
/** What lies between a wake-up and the first instruction of who woke up. The others run when a thread ends its turn. */
const WAKING: readonly string[] = ['layered_select_', RUNNABLE, 'layered_enqueue', 'layered_running'];

const run = promisify(execFile);

export interface Costs {
  readonly wakeups: number;
  /** For each wake-up: of what runs on the way of one, and of all programs. */
  readonly nsWaking: number;
  readonly nsInAll: number;
  /** Of those on the way, a call. */
  readonly nsPerCall: ReadonlyMap<string, number>;
}

interface Count {
  readonly calls: number;
  readonly ns: number;
}

/** Counts while `happens`. What the counting itself takes is in it, for each program alike. */
export async function costsOf(happens: () => Promise<void>): Promise<Costs> {
  writeFileSync(SWITCH, '1');
  try {
    const before = await counts();
    await happens();
    return between(before, await counts());
  } finally {
    writeFileSync(SWITCH, '0');
  }
}

async function counts(): Promise<ReadonlyMap<string, Count>> {
  return readCounts((await run(PROGRAMS.bpfCosts)).stdout);
}

/** @throws Error for a line that `bpf-costs` does not print */
export function readCounts(text: string): ReadonlyMap<string, Count> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [, name, calls, ns] = /^(\S+) (\d+) (\d+)$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`bpf-costs printed: ${line}`);
      return [name, { calls: Number(calls), ns: Number(ns) }];
    }),
  );
}

/** @throws Error where nothing woke up */
export function between(before: ReadonlyMap<string, Count>, after: ReadonlyMap<string, Count>): Costs {
  const spent = [...after].map(([name, { calls, ns }]) => {
    const then = before.get(name) ?? { calls: 0, ns: 0 };
    return { name, calls: calls - then.calls, ns: ns - then.ns };
  });
  const wakeups = spent.find(({ name }) => name === RUNNABLE)?.calls ?? 0;
  if (wakeups === 0) throw new Error('nothing woke up');
  const ofEach = (some: typeof spent): number => some.reduce((sum, { ns }) => sum + ns, 0) / wakeups;
  const waking = spent.filter(({ name, calls }) => WAKING.includes(name) && calls > 0);
  return {
    wakeups,
    nsWaking: ofEach(waking),
    nsInAll: ofEach(spent),
    nsPerCall: new Map(waking.map(({ name, calls, ns }) => [name, ns / calls])),
  };
}
