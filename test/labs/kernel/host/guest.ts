import { appendFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Figure, tellFigure } from '../../telling.ts';
import type { Case } from '../runner/case.ts';
import type { GuestEvent } from '../runner/events.ts';
import type { VmOptions } from '../vm/command.ts';
import { startVm, type Vm } from '../vm/vm.ts';
import type { Outcome } from './outcome.ts';

/** The runner says something each 5 s of its time, even under load: some 15 s of the emulator's CPU time. */
const SILENT_MS = 120_000;

export interface Order extends Pick<Case, 'name'> {
  readonly seed: number;
}

export type Ready = Extract<GuestEvent, { event: 'ready' }>;

/** A guest that runs. */
export interface Guest {
  readonly ready: Ready;
  /**
   * @param folder for the files it keeps
   * @param onFigure called for each figure as it comes
   */
  perform(one: Order, folder: string, onFigure?: (figure: Figure) => void): Promise<Outcome>;
  /** CPU time of the emulator so far, milliseconds. */
  cpuMs(): number;
  /** True as long as it has not ended. */
  readonly alive: boolean;
  end(): Promise<void>;
}

type Listener = (event: GuestEvent) => void;

/** By a known fault of the emulator. */
export class GuestLost extends Error {}

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
  }).catch((error: Error) => {
    throw vm.fault() === null ? error : new GuestLost(error.message);
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
      const before = vm.cpuMs();
      const came = await heard<Came>(vm, (done) => {
        listener = listenTo({ folder, figures, say, onFigure, done });
        vm.order({ run: one.name, seed: one.seed });
      }).catch((error: Error) => ({ passed: false, ms: 0, reason: `the guest is gone: ${error.message}` }));
      const took = { guest: came.ms, real: performance.now() - started, cpu: Math.max(0, vm.cpuMs() - before) };
      const state = vm.fault() !== null ? 'lost' : came.passed ? 'passed' : 'failed';
      return { name: one.name, state, reason: came.reason, took, figures };
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

interface Came {
  readonly passed: boolean;
  readonly ms: number;
  readonly reason: string;
}

interface Hearing {
  readonly folder: string;
  readonly figures: Figure[];
  readonly say: (text: string) => void;
  readonly onFigure: (figure: Figure) => void;
  readonly done: (came: Came) => void;
}

function listenTo({ folder, figures, say, onFigure, done }: Hearing): Listener {
  return (event) => {
    if (event.event === 'log') say(event.text);
    if (event.event === 'figure') {
      const figure = { name: event.name, value: event.value, unit: event.unit };
      figures.push(figure);
      onFigure(figure);
      say(tellFigure(event));
    }
    if (event.event === 'file') {
      mkdirSync(folder, { recursive: true });
      appendFileSync(join(folder, basename(event.name)), Buffer.from(event.data, 'base64'));
    }
    if (event.event === 'passed') done({ passed: true, ms: event.ms, reason: '' });
    if (event.event === 'failed') done({ passed: false, ms: event.ms, reason: event.reason });
  };
}
