/** On which CPUs threads came to run, by the kernel's own trace of each switch: a moment on one is not missed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ctx } from '../../runner/case.ts';

const TRACING = '/sys/kernel/tracing';
const EVENT = 'events/sched/sched_switch';

export interface Switches {
  /** What was before does not count. */
  clear(): void;
  /** Since the last `clear`. */
  cpus(): ReadonlySet<number>;
  stop(): void;
}

/** @param name of the threads, as they were started */
export function switchesTo(ctx: Ctx, name: string): Switches {
  const stop = (): void => {
    write(`${EVENT}/enable`, '0');
    write(`${EVENT}/filter`, '0');
    write('trace', '');
  };
  write(`${EVENT}/filter`, `next_comm == "${name}"`);
  write('trace', '');
  write(`${EVENT}/enable`, '1');
  ctx.after(stop);
  return {
    clear: () => write('trace', ''),
    cpus() {
      const lines = readFileSync(join(TRACING, 'trace'), 'utf8').split('\n');
      const cpus = lines.map((line) => /\[(\d+)\].*sched_switch:/.exec(line)?.[1]);
      return new Set(cpus.filter((cpu) => cpu !== undefined).map(Number));
    },
    stop,
  };
}

function write(file: string, text: string): void {
  writeFileSync(join(TRACING, file), text);
}
