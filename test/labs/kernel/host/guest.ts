import { appendFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Case } from '../runner/case.ts';
import type { GuestEvent } from '../runner/events.ts';
import type { VmOptions } from '../vm/command.ts';
import { startVm, type Vm } from '../vm/vm.ts';
import type { Figure, Outcome } from './outcome.ts';

/** The runner says something each 5 s of its time, even under load: some 15 s of the emulator's CPU time. */
const SILENT_MS = 120_000;

export type Ready = Extract<GuestEvent, { event: 'ready' }>;

/** A guest that runs. */
export interface Guest {
  readonly ready: Ready;
  /**
   * @param folder for the files it keeps
   * @param onFigure called for each figure as it comes
   */
  perform(one: Pick<Case, 'name'>, folder: string, onFigure?: (figure: Figure) => void): Promise<Outcome>;
  /** CPU time of the emulator so far. */
  cpuMs(): number;
  /** True as long as it has not ended. */
  readonly alive: boolean;
  end(): Promise<void>;
}

type Listener = (event: GuestEvent) => void;

/** @throws Error with the reason where it does not come up */
export async function startGuest(options: VmOptions, consoleFile: string, say: (text: string) => void): Promise<Guest> {
  let listener: Listener = () => {};
  const vm = startVm(options, {
    consoleFile,
    onConsole: () => {},
    onEvent: (event) => listener(event),
    silentMs: SILENT_MS,
  });
  let gone: string | null = null;
  void vm.ended.then((reason) => {
    gone = reason;
  });
  const ready = await heard<Ready>(vm, (done) => {
    listener = (event) => event.event === 'ready' && done(event);
  });
  return {
    ready,
    get alive() {
      return gone === null;
    },
    cpuMs: () => vm.cpuMs(),
    async perform(one, folder, onFigure = () => {}) {
      const figures: Figure[] = [];
      const started = performance.now();
      try {
        const outcome = heard<Outcome>(vm, (done) => {
          listener = listenTo(one.name, { folder, figures, say, onFigure, done });
        });
        vm.order({ run: one.name });
        return await outcome;
      } catch (error) {
        const reason = `the guest is gone: ${(error as Error).message}`;
        return { name: one.name, passed: false, ms: performance.now() - started, reason, figures };
      }
    },
    async end() {
      if (gone === null) vm.order({ end: true });
      const timer = setTimeout(() => vm.kill('did not power off'), 10_000);
      await vm.ended;
      clearTimeout(timer);
    },
  };
}

/** What `listen` hands over; rejects where the guest goes first. Time is the guest's: it ends cases that take too long. */
async function heard<T>(vm: Vm, listen: (done: (value: T) => void) => void): Promise<T> {
  const end = vm.ended.then((reason): never => {
    throw new Error(reason);
  });
  return await Promise.race([new Promise<T>((resolve) => listen(resolve)), end]);
}

interface Hearing {
  readonly folder: string;
  readonly figures: Figure[];
  readonly say: (text: string) => void;
  readonly onFigure: (figure: Figure) => void;
  readonly done: (outcome: Outcome) => void;
}

function listenTo(name: string, { folder, figures, say, onFigure, done }: Hearing): Listener {
  return (event) => {
    if (event.event === 'log') say(event.text);
    if (event.event === 'figure') {
      const figure = { name: event.name, value: event.value, unit: event.unit };
      figures.push(figure);
      onFigure(figure);
      say(`${event.name}: ${rounded(event.value)} ${event.unit}`);
    }
    if (event.event === 'file') {
      mkdirSync(folder, { recursive: true });
      appendFileSync(join(folder, basename(event.name)), Buffer.from(event.data, 'base64'));
    }
    if (event.event === 'passed') done({ name, passed: true, ms: event.ms, reason: '', figures });
    if (event.event === 'failed') done({ name, passed: false, ms: event.ms, reason: event.reason, figures });
  };
}

/** Four digits say all that an emulated figure knows. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
