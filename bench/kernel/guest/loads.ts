import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Load } from '../../../test/labs/kernel/guest/load.ts';
import type { LabNode, PodLoad } from '../../../test/labs/kernel/guest/node.ts';
import { batchTiers, type Others, type Plan, type Window } from '../plan.ts';

/** The load whose latencies count. */
interface MeasuredLoad {
  readonly load: Load;
  /** How often its busiest thread waits for each sample. */
  readonly waits: number;
}

export interface Started {
  readonly measured: MeasuredLoad | null;
  readonly batch: ReadonlyArray<{ readonly pod: string; readonly load: Load }>;
}

const PROBE: PodLoad = { mode: 'sleeper', sleep: 3_000, work: 500 };
const PAIR: PodLoad = { mode: 'pair', sleep: 3_000 };
const LOOK_MS = 1_000;

/** What pods of one tier do: which pods have how many busy threads, and which one the probe. */
const OTHERS: Readonly<
  Record<Others, { readonly busy: ReadonlyArray<readonly [string, number]>; readonly probe?: string }>
> = {
  beside: { busy: [['normal', 4]], probe: 'normal-other' },
  weights: {
    busy: [
      ['normal', 2],
      ['normal-large', 2],
    ],
  },
  threads: {
    busy: [
      ['normal', 1],
      ['normal-other', 8],
    ],
  },
};

export async function startLoads(node: LabNode, window: Window): Promise<Started> {
  const start = async (pod: string, load: PodLoad): Promise<Load> => {
    const found = node.pods.get(pod);
    if (found === undefined) throw new Error(`no pod ${pod}`);
    return await node.load(found.cgroups.container, load);
  };
  const batch: Array<{ pod: string; load: Load }> = [];
  if (window.kind === 'others') {
    const { busy, probe } = OTHERS[window.others];
    for (const [pod, threads] of busy) batch.push({ pod, load: await start(pod, { mode: 'hog', threads }) });
    return { measured: probe === undefined ? null : { load: await start(probe, PROBE), waits: 1 }, batch };
  }
  const { arm, workload, load } = window;
  const cpus = availableParallelism();
  const pinned = (cpu: number): { pin?: number } => (arm === 'isolated' ? { pin: cpu } : {});
  for (const [index, pod] of batchTiers(load, cpus).entries()) {
    batch.push({ pod, load: await start(pod, { mode: 'hog', ...pinned(1 + (index % (cpus - 1))) }) });
  }
  if (workload === 'none') return { measured: null, batch };
  const measured = await start('measured', { ...(workload === 'probe' ? PROBE : PAIR), ...pinned(0) });
  return { measured: { load: measured, waits: workload === 'probe' ? 1 : 2 }, batch };
}

/** Waits until there are enough samples, or it has taken too long. Asking the load itself would disturb it. */
export async function enough({ load, waits }: MeasuredLoad, { samples, seconds }: Plan): Promise<void> {
  const begun = performance.now();
  const first = waited(load.pid);
  while (waited(load.pid) - first < samples * waits && performance.now() - begun < seconds * 1_000) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Of the thread that waited most. */
function waited(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`).map((tid) => readFileSync(`/proc/${pid}/task/${tid}/status`, 'utf8'));
  return Math.max(...tasks.map((text) => Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(text)?.[1] ?? 0)));
}
