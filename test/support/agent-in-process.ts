import { createScheduler } from '../../agent/scheduler/create-scheduler.ts';
import { systemClock } from '../../src/telemetry/system-clock.ts';
import { inProcess } from '../double/in-process.ts';
import type { SchedExt } from '../double/sched-ext.ts';
import { type AgentLoop, type AgentLoopOptions, startAgentLoop } from './agent-loop.ts';

/** One of many agents in this process, in real time, with the double of the patched binary and a kernel of its own. */
export interface AgentInProcess extends AgentLoop {
  readonly kernel: Pick<SchedExt, 'read'>;
}

/** So many in one process are late whenever the machine is busy: that is no fault of their schedulers. */
const PATIENT = { startMs: 600_000, proofMs: 600_000, proveMs: 10_000, unprovenMs: 600_000 };

type Given = Omit<AgentLoopOptions, 'clock' | 'random' | 'scheduler' | 'matching'>;

export function startAgentInProcess(options: Given): AgentInProcess {
  const clock = systemClock;
  const { random } = Math;
  const world = inProcess(clock, { isPatched: true });
  const { children, kernel, statistics, control } = world;
  const scheduler = createScheduler({
    clock,
    random,
    children,
    kernel,
    statistics,
    control,
    orphans: { end: () => Promise.resolve(0) },
    knownGood: { load: () => null, save: () => {} },
    verifyLayers: () => null,
    policy: PATIENT,
    observer: { exited: () => {}, updated: () => {}, live: () => {}, gap: () => {}, changed: () => {} },
  });
  const loop = startAgentLoop({ ...options, clock, random, scheduler, matching: 'membership' });
  return {
    kernel,
    publishing: loop.publishing,
    measure: loop.measure,
    async stop() {
      await Promise.all([loop.stop(), scheduler.stop()]);
    },
  };
}
