import type { Clock } from '../../src/model/clock.ts';
import type { Standby } from './arguments.ts';
import { checkConfig, type LayerSpec, Refusal } from './check-config.ts';
import type { DoubleFaults } from './faults.ts';
import { Invalid, Live } from './live.ts';
import { NAME, type SchedExt } from './sched-ext.ts';
import { layerOf, type Tasks } from './tasks.ts';

export interface DoubleWorld {
  readonly clock: Clock;
  readonly kernel: SchedExt;
  /** Threads of each cgroup. */
  readonly tasks: () => Tasks;
  /** Tells which cgroups there are now. */
  readonly look: () => (cgroup: bigint) => boolean;
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
  #live: Live | null = null;
  #readMembers: () => string | null = () => null;
  #before = 0;
  #cancels: Array<() => void> = [];
  #hasEnded = false;
  #isAttached = false;
  #wasAttached = false;
  /** Standing by: until it is told that it may look, or looking. */
  #waits: Standby | null = null;
  #isToldToEnd = false;
  /** The first line on its stdin, or the end of it, that came while it still loaded. */
  #heard: string | null | undefined;

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

  /** @param readMembers the text of the file of `--members`, asked just before the attach; null without that flag */
  start(configs: readonly string[], readMembers: () => string | null, standby: Standby | null = null): void {
    const faults = this.#world.faults();
    this.#readMembers = readMembers;
    this.#before = this.#world.kernel.read().hotplugSeq ?? 0;
    if (faults.diesAfterMs !== undefined) this.#after(faults.diesAfterMs, () => this.#world.die());
    if (faults.panicsAtStart) {
      this.#end(101, "thread 'main' panicked at the start");
      return;
    }
    if (!this.#takes(configs.length === 1 ? (configs[0] ?? '') : '[]') || faults.neverAttaches) return;
    const waits = standby !== null && !faults.doesNotStandBy;
    this.#after(faults.startMs ?? START_MS, () => (waits ? this.#wait(standby) : this.#attach()));
  }

  /** A line on its stdin; null for its end. */
  told(line: string | null): void {
    // Read when it has loaded; what follows the first line counts for nothing.
    if (this.#waits === null && this.#heard === undefined) this.#heard = line;
    if (this.#waits !== 'told') return;
    if (line === 'attach') this.#waits = 'free';
    else if (line === null) this.#end(1, 'Error: standby: stdin ended before "attach"');
    else this.#end(1, `Error: standby: ${JSON.stringify(line)} on stdin, not "attach"`);
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

  /** Loaded. */
  #wait(standby: Standby): void {
    const { ready, faults } = this.#world;
    this.#waits = standby;
    if (this.#isToldToEnd) {
      this.#end(1, 'Error: standby: it was told to end while it loaded');
      return;
    }
    const { neverReady, readyTwice, diesWaitingMs } = faults();
    if (!neverReady) ready();
    if (readyTwice) ready();
    if (diesWaitingMs !== undefined) this.#after(diesWaitingMs, () => this.#end(1, 'Error: died while it waited'));
    if (this.#heard !== undefined) this.told(this.#heard);
    this.#look();
  }

  /** Whether the CPUs are the same and, once it may, the node is free: then it attaches by itself. */
  #look(): void {
    const { kernel, faults } = this.#world;
    const { state, hotplugSeq } = kernel.read();
    if (hotplugSeq !== this.#before) {
      this.#end(1, 'Error: standby: the CPUs have changed since it was loaded');
      return;
    }
    if (this.#waits === 'told' || state !== 'disabled') {
      this.#after(LOOK_MS, () => this.#look());
      return;
    }
    this.#after(faults().takesOverAfterMs ?? 0, () => {
      this.#waits = null;
      this.#attach();
    });
  }

  terminate(): void {
    if (this.#world.faults().hangsOnSigterm) return;
    if (this.#waits !== null) {
      this.#end(1, 'Error: standby: signal');
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
    const counts = this.#specs.map(() => 0);
    for (const task of this.#world.tasks()) {
      const layer = this.#layerOf(task);
      counts[layer] = (counts[layer] ?? 0) + task.count;
    }
    return Object.fromEntries(
      this.#specs.map(({ name }, index) => [
        name,
        { index, tasks: counts[index] ?? 0, util: 0, cpus: [1], cur_nr_cpus: 1 },
      ]),
    );
  }

  #layerOf({ path, ids }: Tasks[number]): number {
    if (this.#world.faults().wrongLayers) return this.#specs.length - 1;
    return layerOf(path, ids, this.#specs, this.#live?.members ?? new Map());
  }

  /**
   * What the patches add to the socket.
   *
   * @throws Invalid
   */
  live(target: string, args: Readonly<Record<string, string>>): unknown {
    if (this.#live === null) throw new Invalid(`unknown stat target ${target}`);
    return this.#live.answer(target, args);
  }

  /** Entries are lost, as by somebody's hand. */
  forgetMembers(): void {
    this.#live?.members.clear();
  }

  /** Whether all of the file could be read; else it has ended. */
  #takesMembers(): boolean {
    const { isPatched, faults, tasks, look } = this.#world;
    if (!isPatched) return true;
    const live = new Live(this.#specs, {
      tasks,
      look,
      capacity: () => faults().memberCapacity,
      refusesNumbers: () => (faults().refusesNumbers ? 'refused, as the test wants it' : undefined),
      withoutNumbers: () => faults().withoutNumbers ?? false,
      layerOf: (task) => this.#layerOf(task),
    });
    this.#live = live;
    const text = this.#readMembers();
    if (text === null) return true;
    try {
      const refused = live.change(text).refused.find(({ why }) => why !== 'no-cgroup');
      if (refused === undefined) return true;
      this.#end(1, `Error: --members\n\nCaused by:\n    member ${refused['change']} refused: ${refused.why}`);
    } catch (error) {
      const [first, second] = [(error as Error).message, 'EOF while parsing a value at line 1 column 0'];
      this.#end(1, `Error: --members\n\nCaused by:\n    0: ${first}\n    1: ${second}`);
    }
    return false;
  }

  #attach(): void {
    const { kernel } = this.#world;
    const { state, enableSeq } = kernel.read();
    if (state === 'enabled' || state === 'enabling') {
      this.#end(1, 'Error: another sched_ext scheduler is already running');
      return;
    }
    if (!this.#takesMembers()) return;
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
