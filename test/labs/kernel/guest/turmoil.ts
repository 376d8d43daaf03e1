/** All that tenants and daemons can do to a scheduler without any right to, at once. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { TierOrSystem } from '../../../../src/model/tier.ts';
import type { Ctx } from '../runner/case.ts';
import type { Load } from './load.ts';
import type { LabNode, PodLoad } from './node.ts';

const HOG = { mode: 'hog' } as const;
/** A hog of each kind that the kernel lets anybody be. */
const KINDS: readonly PodLoad[] = [
  HOG,
  { ...HOG, name: 'nice-19', nice: 19 },
  { ...HOG, name: 'idle', policy: 'idle' },
  { ...HOG, name: 'batch', policy: 'batch' },
];
const TIERS: readonly TierOrSystem[] = ['critical', 'high', 'normal', 'low', 'background', 'system'];
const STORMY: readonly TierOrSystem[] = ['normal', 'low', 'background'];
const STORMS: readonly PodLoad[] = [{ mode: 'forks' }, { mode: 'churn', mebibytes: 64 }];
const DAEMONS = 'system.slice/daemons.service';
export const PINNED_DAEMONS = 'system.slice/pinned.service';
const HUGE_PAGES = '/sys/kernel/mm/transparent_hugepage';
/** khugepaged, a kernel thread of nice 19, looks for work all the time. */
const BUSY_HUGE_PAGES: Readonly<Record<string, string>> = {
  enabled: 'always',
  defrag: 'always',
  'khugepaged/scan_sleep_millisecs': '10',
  'khugepaged/alloc_sleep_millisecs': '10',
  'khugepaged/pages_to_scan': '16384',
};

/** A pod of each tier, with hardly anything in it yet: with the stock binary each pod that comes is a restart. */
export async function podsOfEachTier(node: LabNode): Promise<void> {
  for (const tier of TIERS) await node.addPod({ name: tier, tier, loads: [{ mode: 'sleeper', name: 'probe' }] });
}

/** So many threads of one pod that all want a CPU at the same moment, once they are released. */
export async function crowdInPod(node: LabNode, tier: TierOrSystem, threads: number): Promise<Load> {
  return await inPod(node, tier, { ...HOG, name: 'crowd', threads, held: true });
}

/**
 * Hogs of each kind in each tier and among the daemons, pinned ones on each CPU, fork storms, memory that comes and goes.
 *
 * @returns a daemon that sleeps and works
 */
export async function startTurmoil(ctx: Ctx, node: LabNode): Promise<Load> {
  busyHugePages(ctx);
  const daemons = node.tree.addSlice(DAEMONS);
  const pinnedDaemons = node.tree.addSlice(PINNED_DAEMONS);
  const cpus = Array.from({ length: availableParallelism() }, (_, cpu) => cpu);
  const pinned = cpus.map((cpu): PodLoad => ({ ...HOG, name: `pinned-${cpu}`, pin: cpu }));
  const probe = node.load(daemons, { mode: 'sleeper', name: 'probe', sleep: 20_000, work: 500 });
  await Promise.all([
    ...KINDS.map((hog) => node.load(daemons, hog)),
    ...pinned.map((hog) => node.load(pinnedDaemons, hog)),
    ...TIERS.flatMap((tier) => [...KINDS, ...pinned].map((hog) => inPod(node, tier, hog))),
    ...STORMY.flatMap((tier) => STORMS.map((storm) => inPod(node, tier, storm))),
  ]);
  return await probe;
}

async function inPod(node: LabNode, tier: TierOrSystem, load: PodLoad): Promise<Load> {
  const pod = node.pods.get(tier);
  if (pod === undefined) throw new Error(`no pod ${tier}`);
  return await node.load(pod.cgroups.container, load);
}

function busyHugePages(ctx: Ctx): void {
  for (const [file, text] of Object.entries(BUSY_HUGE_PAGES)) {
    const path = `${HUGE_PAGES}/${file}`;
    const before = readFileSync(path, 'utf8').trim();
    ctx.after(() => writeFileSync(path, /\[(\w+)\]/.exec(before)?.[1] ?? before));
    writeFileSync(path, text);
  }
}
