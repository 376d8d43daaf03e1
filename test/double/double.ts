import type { Release } from '../../agent/scheduler/ports.ts';
import type { Clock } from '../../src/model/clock.ts';
import { checkConfig, type LayerSpec, Refusal } from './check-config.ts';
import type { DoubleFaults } from './faults.ts';
import { NAME, type SchedExt } from './sched-ext.ts';
import { layerOf, type Tasks } from './tasks.ts';

export interface DoubleWorld {
  readonly clock: Clock;
  readonly kernel: SchedExt;
  /** Threads of each cgroup. */
  readonly tasks: () => Tasks;
  readonly faults: () => DoubleFaults;
  readonly isPatched: boolean;
  /** It ends: the process is to exit with this code, having said this on stderr. */
  readonly exit: (code: number, stderr: string) => void;
  /** It ends by a signal that cannot be caught. */
  readonly die: () => void;
  /** It stands by: it has loaded and waits. */
  readonly ready: () => void;
  /** It is attached, so its socket answers from now on. */
  readonly attached: () => void;
}

const START_MS = 1_000;
const TURN_MS = 100;
/** What the kernel takes to enable and to disable it, and between `enabled` and `enable_seq`. */
const ENABLING_MS = 10;
const DISABLING_MS = 10;
const COUNTED_MS = 2;
/** Between a standby's looks at the state: the real one looks every millisecond. */
const LOOK_MS = 5;

/** What scx_layered does, without its scheduling: the one core of the double's process and of its in-process form. */
export class Double {
  readonly #world: DoubleWorld;
  #specs: LayerSpec[] = [];
  #members = new Map<bigint, number>();
  #cancels: Array<() => void> = [];
  #hasEnded = false;
  #isAttached = false;
  #wasAttached = false;
  #isWaiting = false;
  #isToldToEnd = false;
  /** Whether one that stands by may attach once the node is free. */
  #mayAttach = true;

  constructor(world: DoubleWorld) {
    this.#world = world;
  }

  get isAttached(): boolean {
    return this.#isAttached;
  }

  /** Also while it is, and when it is no more. */
  get wasAttached(): boolean {
    return this.#wasAttached;
  }

  /** @param members as `--member-file` gave them */
  start(configs: readonly string[], members: ReadonlyMap<bigint, number>, standsBy: Release | null = null): void {
    this.#mayAttach = standsBy !== 'told';
    const faults = this.#world.faults();
    this.#members = new Map(members);
    if (faults.diesAfterMs !== undefined) this.#after(faults.diesAfterMs, () => this.#world.die());
    if (faults.panicsAtStart) {
      this.#end(101, "thread 'main' panicked at the start");
      return;
    }
    if (!this.#takes(configs.length === 1 ? (configs[0] ?? '') : '[]') || faults.neverAttaches) return;
    const next = standsBy !== null && !faults.doesNotStandBy ? () => this.#wait() : () => this.#attach();
    this.#after(faults.startMs ?? START_MS, next);
  }

  /** Whether it takes this config; else it has ended. */
  #takes(text: string): boolean {
    const { refuses, refusesText } = this.#world.faults();
    if (refuses || (refusesText !== undefined && text.includes(refusesText))) {
      this.#end(1, 'Error: spec is refused, as the test wants it');
      return false;
    }
    try {
      this.#specs = checkConfig(text);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, message } = error;
      this.#end(code, code === 101 ? `thread 'main' (1) panicked at main.rs:\n${message}` : `Error: ${message}`);
      return false;
    }
  }

  /** Loaded; from now on it looks whether the node is free, and attaches by itself. */
  #wait(): void {
    const { ready, faults } = this.#world;
    this.#isWaiting = true;
    const { neverReady, readyTwice, diesWaitingMs } = faults();
    if (!neverReady) ready();
    if (readyTwice) ready();
    if (diesWaitingMs !== undefined) this.#after(diesWaitingMs, () => this.#end(1, 'Error: died while it waited'));
    this.#look();
  }

  #look(): void {
    const { kernel, faults } = this.#world;
    if (!this.#mayAttach || kernel.read().state !== 'disabled') {
      this.#after(LOOK_MS, () => this.#look());
      return;
    }
    this.#after(faults().takesOverAfterMs ?? 0, () => {
      this.#isWaiting = false;
      this.#attach();
    });
  }

  /** The line `attach` on stdin. */
  mayAttach(): void {
    this.#mayAttach = true;
  }

  /** The end of stdin: whoever was to tell it is gone. */
  untold(): void {
    if (!this.#mayAttach) this.#end(1, 'Error: stdin ended before it was told to attach');
  }

  terminate(): void {
    if (this.#world.faults().hangsOnSigterm) return;
    if (this.#isWaiting) {
      this.#end(1, 'Error: ended while it waited');
      return;
    }
    this.#isToldToEnd = true;
    if (this.#isAttached) this.#endAtNextTurn();
  }

  /** While it loads it does not look whether it was told to end: only its main loop does, once it is attached. */
  #endAtNextTurn(): void {
    this.#after(TURN_MS, () => this.#end(0, 'EXIT: unregistered from user space'));
  }

  /** The process is no more: whatever ended it, the kernel lets go. */
  gone(): void {
    this.#hasEnded = true;
    for (const cancel of this.#cancels) cancel();
    if (this.#isAttached) this.detach();
  }

  /** `tasks` of each layer. */
  layers(): Record<string, { index: number; tasks: number; util: number; cpus: number[]; cur_nr_cpus: number }> {
    const last = this.#specs.length - 1;
    const counts = this.#specs.map(() => 0);
    for (const { path, ids, count } of this.#world.tasks()) {
      const layer = this.#world.faults().wrongLayers ? last : layerOf(path, ids, this.#specs, this.#members);
      counts[layer] = (counts[layer] ?? 0) + count;
    }
    return Object.fromEntries(
      this.#specs.map(({ name }, index) => [
        name,
        { index, tasks: counts[index] ?? 0, util: 0, cpus: [1], cur_nr_cpus: 1 },
      ]),
    );
  }

  /** @returns an error text; null where it is applied. All of it is checked before any of it is applied. */
  control(args: Readonly<Record<string, string>>): string | null {
    const { isPatched, faults } = this.#world;
    if (!isPatched) return 'unknown command "ctl"';
    if (faults().refusesControl) return 'refused, as the test wants it';
    const { set, gone } = changeOf(args);
    const wrong = set.find(([, layer]) => layer >= this.#specs.length);
    if (wrong !== undefined) return `layer ${wrong[1]} is none`;
    const numbers = JSON.parse(args['layers'] ?? '[]') as Array<{ name: string }>;
    const unknown = numbers.find(({ name }) => !this.#specs.some((spec) => spec.name === name));
    if (unknown !== undefined) return `layer ${unknown.name} is none`;
    if (args['op'] === 'replace') this.#members.clear();
    for (const id of gone) this.#members.delete(BigInt(id));
    for (const [id, layer] of set) this.#members.set(BigInt(id), layer);
    return null;
  }

  #attach(): void {
    const { kernel } = this.#world;
    const { state, enableSeq } = kernel.read();
    if (state === 'enabled' || state === 'enabling') {
      this.#end(1, 'Error: another sched_ext scheduler is already running');
      return;
    }
    this.#isAttached = true;
    this.#wasAttached = true;
    kernel.set({ ops: NAME, state: 'enabling' });
    this.#after(this.#world.faults().kernelMs ?? ENABLING_MS, () => {
      kernel.set({ state: 'enabled' });
      // The kernel counts an attach only after it has told of it.
      this.#after(COUNTED_MS, () => kernel.set({ enableSeq: (enableSeq ?? 0) + 1 }));
      this.#run();
    });
  }

  #run(): void {
    const { faults } = this.#world;
    if (this.#isToldToEnd) this.#endAtNextTurn();
    if (this.#specs.length >= 16) this.#after(TURN_MS, () => this.#eject('too many layers'));
    const { ejectedAfterMs, lostAfterMs, hotplugAfterMs } = faults();
    if (ejectedAfterMs !== undefined) this.#after(ejectedAfterMs, () => this.#eject('runnable task stall'));
    if (lostAfterMs !== undefined) this.#after(lostAfterMs, () => this.detach());
    if (hotplugAfterMs !== undefined) this.#after(hotplugAfterMs, () => this.#hotplug());
    this.#world.attached();
  }

  #eject(reason: string): void {
    this.detach();
    this.#after(TURN_MS, () => this.#end(1, `Error: EXIT: ${reason} (as the test wants it) on CPU 0`));
  }

  #hotplug(): void {
    const { kernel } = this.#world;
    kernel.set({ hotplugSeq: (kernel.read().hotplugSeq ?? 0) + 1 });
    this.detach();
    this.#after(TURN_MS, () => this.#end(101, 'panicked: possible CPUs are not the online ones'));
  }

  /** @param released called once the kernel has let go */
  detach(released = (): void => {}): void {
    this.#isAttached = false;
    const { kernel, clock, faults } = this.#world;
    kernel.set({ state: 'disabling' });
    const { releaseMs, kernelMs } = faults();
    clock.after(releaseMs ?? kernelMs ?? DISABLING_MS, () => {
      kernel.set({ state: 'disabled', ops: null });
      released();
    });
  }

  #end(code: number, stderr: string): void {
    if (this.#hasEnded) return;
    const exit = (): void => this.#world.exit(code, stderr);
    // One that ends by itself waits for the kernel; only as a fault the kernel is slower than the process.
    const waits = this.#isAttached && this.#world.faults().releaseMs === undefined;
    if (waits) this.detach(exit);
    this.gone();
    if (!waits) exit();
  }

  #after(ms: number, action: () => void): void {
    this.#cancels.push(
      this.#world.clock.after(ms, () => {
        if (!this.#hasEnded) action();
      }),
    );
  }
}

function changeOf(args: Readonly<Record<string, string>>): { set: Array<[string, number]>; gone: string[] } {
  const value = JSON.parse(args['members'] ?? 'null');
  return args['op'] === 'replace' ? { set: value, gone: [] } : { set: value.set, gone: value.delete };
}
