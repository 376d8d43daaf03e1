import type { LabNode } from '../../../test/labs/kernel/guest/node.ts';
import { ownedCpus } from '../../../test/labs/kernel/guest/owned.ts';
import { kernelTruth } from '../../../test/labs/kernel/guest/truth.ts';
import { cpuStat } from '../../../test/labs/kernel/guest/usage.ts';
import { AGENT } from '../orders.ts';
import type { Plan, Window } from '../plan.ts';
import type { Live, Measured } from '../window.ts';
import { enough, type Started, startLoads } from './loads.ts';

/** Until queues and the layers' CPUs are as they stay. */
const SETTLE_MS = 1_500;
/** Of a window without latencies. */
const SHARES_MS = 4_000;

/** Called where the host should look at its clock. */
export interface Marks {
  begin(): void;
  end(): void;
}

interface Look {
  /** Milliseconds. */
  readonly at: number;
  readonly live: Live;
  /** CPU time by pod, seconds. */
  readonly used: ReadonlyMap<string, number>;
  /** Units of work by pod. */
  readonly worked: ReadonlyMap<string, number>;
}

export async function measure(node: LabNode, plan: Plan, window: Window, marks: Marks): Promise<Measured> {
  const started = await startLoads(node, window);
  const since = performance.now();
  await pause(SETTLE_MS);
  const before = await look(node, started);
  const from = performance.now() - since;
  marks.begin();
  if (started.measured === null) await pause(Math.min(SHARES_MS, plan.seconds * 1_000));
  else await enough(started.measured, plan);
  marks.end();
  const after = await look(node, started);
  const layers = after.live.state === 'enabled' ? await ownedCpus() : {};
  const report = await started.measured?.load.end();
  for (const { load } of started.batch) await load.end();

  const seconds = (after.at - before.at) / 1_000;
  const rates = (from: Look['used'], to: Look['used']): Record<string, number> =>
    Object.fromEntries([...to].map(([name, value]) => [name, (value - (from.get(name) ?? 0)) / seconds]));
  return {
    window,
    seconds,
    begin: before.live,
    end: after.live,
    latencies: (report?.samples ?? []).filter(([at]) => at >= from && at < after.at - since).map(([, us]) => us),
    throughput: rates(before.worked, after.worked),
    cpus: rates(before.used, after.used),
    layers,
  };
}

async function look(node: LabNode, { batch }: Started): Promise<Look> {
  const worked = new Map<string, number>();
  const at = performance.now();
  const { state, ops, enableSeq } = kernelTruth();
  const pods = [
    ...[...node.pods].map(([name, { cgroups }]) => [name, cgroups.path] as const),
    [AGENT, node.agentPath] as const,
  ];
  const used = new Map(pods.map(([name, path]) => [name, cpuStat(node.tree.mount, path).usageUsec / 1e6]));
  for (const { pod, load } of batch) worked.set(pod, (worked.get(pod) ?? 0) + (await load.report()).units);
  return { at, live: { state, ops, enableSeq }, used, worked };
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
