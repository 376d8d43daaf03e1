import type { Clock } from '../../src/model/clock.ts';
import type { GateReport } from '../gate/gate.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineReading } from '../machine/snapshot.ts';

export interface GateWatchDeps {
  readonly clock: Clock;
  /** Judges the node; never rejects. */
  readonly gate: () => Promise<GateReport>;
  readonly machine: () => MachineReading;
  /** Another text whenever CPUs have come or gone; null where that cannot be told. */
  readonly cpus: () => string | null;
  /** Called at each finding that is another one. */
  readonly changed: () => void;
}

export interface GateWatch {
  /** Null before the first answer, and from a change of the CPUs until the gate has judged it. */
  readonly report: GateReport | null;
  /** As of the last answer. */
  readonly machine: Machine | null;
  start(): void;
  /** Looks whether CPUs have come or gone, as it does by itself each second. */
  look(): void;
  stop(): void;
}

/** Asked again so often: a node may become fit, or unfit, while the agent runs. */
const GATE_MS = 10_000;
/** Well below the time from a hotplug to the next start: nothing is started on an answer about other CPUs. */
const LOOK_MS = 1_000;

/** Asks the gate at intervals, and at once when CPUs have come or gone. */
export function createGateWatch({ clock, gate, machine, cpus, changed }: GateWatchDeps): GateWatch {
  let report: GateReport | null = null;
  let found: Machine | null = null;
  /** The CPUs that the latest question is about; null while they could not be told. */
  let judged: string | null = null;
  let isAsking = false;
  let stopped = false;
  let cancelAsk = () => {};
  let cancelLook = () => {};

  /** What cannot be told at the moment, for want of descriptors for example, is no change. */
  const haveMoved = (): boolean => {
    const now = cpus();
    return now !== null && judged !== null && now !== judged;
  };

  /** What was found of other CPUs counts no more. */
  function forget(): void {
    if (report === null || !haveMoved()) return;
    report = null;
    changed();
  }

  async function ask(): Promise<void> {
    isAsking = true;
    cancelAsk();
    forget();
    judged = cpus() ?? judged;
    const answer = await gate();
    if (stopped) return;
    isAsking = false;
    cancelAsk = clock.after(GATE_MS, () => void ask());
    // An answer about other CPUs is none. It is asked again at the next look, and not at once: they may go on moving.
    if (haveMoved()) forget();
    else take(answer);
  }

  function take(answer: GateReport): void {
    const reading = machine();
    const next = 'machine' in reading ? reading.machine : null;
    // Only a finding that is another one changes what is wanted; what else is in the report goes with the next turn.
    const isNews = report === null || next !== found || findings(report) !== findings(answer);
    report = answer;
    found = next;
    if (isNews) changed();
  }

  function look(): void {
    if (stopped) return;
    forget();
    if (report === null && !isAsking) void ask();
  }

  function lookAgain(): void {
    cancelLook = clock.after(LOOK_MS, () => {
      look();
      lookAgain();
    });
  }

  return {
    get report() {
      return report;
    },
    get machine() {
      return found;
    },
    start() {
      void ask();
      lookAgain();
    },
    look,
    stop() {
      stopped = true;
      cancelAsk();
      cancelLook();
    },
  };
}

function findings({ checks, refusal }: GateReport): string {
  return [refusal, ...checks.map(({ check, verdict }) => `${check} ${verdict}`)].join('\n');
}
