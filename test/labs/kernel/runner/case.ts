import type { Shape } from '../vm/shape.ts';

/** What a case can ask and say while it runs in the guest. */
export interface Ctx {
  /** In the console of the lab, as it happens. */
  log(text: string): void;
  /** Printed, and kept with the outcome. */
  figure(name: string, value: number, unit: string): void;
  /** Path of a file that the host keeps if the case fails, e.g. `agent.log`. */
  artifact(name: string): string;
  /** Run at the end of the case, the last one first, whether it passed or failed. */
  after(undo: () => void | Promise<void>): void;
  /** From the command line, `--long`. */
  readonly long: boolean;
  /** From the command line, `--seed`, for what chance decides. */
  readonly seed: number;
  /** From the command line, `--boots`: in how many guests this case runs, each with a seed of its own. */
  readonly boots: number;
  /** The binary under test, `--scx`. */
  readonly scx: string;
}

export interface Case {
  /** Lower case words with hyphens; `-k` looks for it. */
  readonly name: string;
  /** One line: what it shows. */
  readonly what: string;
  /** Of the whole case, in emulated time. */
  readonly deadlineMs: number;
  /** What differs from two CPUs without threads, sockets or nodes. */
  readonly machine?: Partial<Shape>;
  /** @default 'sched-ext' */
  readonly kernel?: KernelKind;
  /** @default DEFAULT_SCHEDULER */
  readonly scheduler?: Scheduler;
  /** `VmOptions.turnUs`: for a case whose figures are times between processes on different CPUs. */
  readonly turnUs?: number;
  /** Further words for the kernel. */
  readonly words?: readonly string[];
  /** It leaves the guest in a state that no other case should meet. */
  readonly alone?: boolean;
  /** Only with `--long`. */
  readonly long?: boolean;
  /** Why not each run has it: not seen through yet, or too long. It runs by `-k` or `--long`, and every other run says so. */
  readonly onRequest?: string;
  run(ctx: Ctx): Promise<void>;
}

/** scx_layered as upstream publishes it, or with `patches/`. */
export type Scheduler = 'stock' | 'patched';

/** What the agent's image ships. */
export const DEFAULT_SCHEDULER: Scheduler = 'patched';

export type KernelKind = 'sched-ext' | 'no-sched-ext';
