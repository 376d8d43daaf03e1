import type { ErrorId } from '../../src/model/errors.ts';
import type { Fence } from '../../src/model/fence.ts';
import type { CgroupTree } from '../cgroups/tree.ts';
import type { AgentPod } from '../pods/agent-pod.ts';
import { MAX_BLOCKS } from './blocks.ts';
import type { Demotion } from './demotion.ts';
import type { LayerName, Notice } from './desired.ts';
import { isLimited, type Placed } from './place.ts';

/** What docs/reference/errors.md says about each notice. */
export const NOTICE_ERRORS: Readonly<Record<Notice['id'], ErrorId>> = {
  'critical-demoted': 'TMP3102',
  'over-the-limit': 'TMP3103',
  'limits-not-enforced': 'TMP3104',
  'limits-refuse': 'TMP3105',
  'cgroups-not-understood': 'TMP3106',
};

/** Layers that hold the limits of their pods, together. */
const CEILINGS: ReadonlySet<LayerName> = new Set(['limited', 'limited-low']);

/** A message names so many pods at most. */
const NAMED = 5;

export function demotionNotice({ demoted, fitsSince }: Demotion, { needed, fenceable }: Fence): Notice[] {
  if (!demoted) return [];
  const message =
    fitsSince === null
      ? `Critical pods need ${cpus(needed)} in whole cores, ${fenceable} can be fenced: protected, not exclusive`
      : `Critical's fence of ${cpus(needed)} fits again: it is fenced once it has fitted for a while`;
  return [{ id: 'critical-demoted', message }];
}

export function overNotice(over: readonly Placed[]): Notice[] {
  if (over.length === 0) return [];
  const message =
    `${count(over.length, 'pod')} over the limit of ${MAX_BLOCKS} blocks in a layer that this scx_layered has, ` +
    `run in Normal or Background: ${names(over.map(({ pod }) => pod))}`;
  return [{ id: 'over-the-limit', message }];
}

/** Pods whose CPU limit is not held while the scheduler is attached. The agent's own pod is left out: nobody can act on it. */
export function unheld(placed: readonly Placed[], machineCpus: number, self: string | null): AgentPod[] {
  return placed
    .filter(({ pod, layer }) => isLimited(pod, machineCpus) && !CEILINGS.has(layer) && pod.uid !== self)
    .map(({ pod }) => pod);
}

export function limitsNotice(pods: readonly AgentPod[], limits: 'report' | 'ceilings' | 'refuse'): Notice[] {
  if (pods.length === 0) return [];
  const which = `${count(pods.length, 'pod')} with a CPU limit: ${names(pods)}`;
  if (limits === 'refuse') return [{ id: 'limits-refuse', message: `limits: refuse, and ${which}` }];
  return [{ id: 'limits-not-enforced', message: `CPU limits are not enforced while attached; ${which}` }];
}

export function treeNotice({ layout, kubepods, problem }: CgroupTree): Notice[] {
  if (layout !== null && kubepods !== null && problem === null) return [];
  return [{ id: 'cgroups-not-understood', message: problem ?? 'no cgroup of all pods (kubepods) was found' }];
}

function cpus(number: number): string {
  return number === 1 ? '1 CPU' : `${number} CPUs`;
}

function count(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`;
}

function names(pods: readonly AgentPod[]): string {
  const all = pods.map(({ namespace, name }) => `${namespace}/${name}`).sort();
  const more = all.length > NAMED ? ` and ${all.length - NAMED} more` : '';
  return all.slice(0, NAMED).join(', ') + more;
}
