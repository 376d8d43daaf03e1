import type { SchedulerConfig } from '../scheduler/scheduler.ts';
import { canonicalJson } from './canonical.ts';
import { LAYERS } from './desired.ts';

export interface Update {
  /** `live`: members and numbers while it runs. `restart`: only a new process can have it. */
  readonly kind: 'none' | 'live' | 'restart';
  /** What differs, for the log and `explain`. */
  readonly reason: string;
}

/** What it takes to get from one config to another. */
export function update(from: SchedulerConfig, to: SchedulerConfig): Update {
  if (from.hash === to.hash) return { kind: 'none', reason: 'equal' };
  const reason = differences(from, to).join('; ');
  const isLive = from.members !== null && to.members !== null && from.shape === to.shape;
  return { kind: isLive ? 'live' : 'restart', reason };
}

function differences(from: SchedulerConfig, to: SchedulerConfig): string[] {
  const found: string[] = [];
  if ((from.members === null) !== (to.members === null)) found.push('the way of matching');
  const members = changedMembers(from.members ?? new Map(), to.members ?? new Map());
  if (members > 0) found.push(`${members} ${members === 1 ? 'member' : 'members'}`);
  const layers = changedLayers(from.layers, to.layers);
  if (layers.length > 0) found.push(`layers ${layers.join(', ')}`);
  return found.length > 0 ? found : ['the shape'];
}

function changedMembers(from: ReadonlyMap<bigint, number>, to: ReadonlyMap<bigint, number>): number {
  let changed = 0;
  for (const [id, layer] of to) if (from.get(id) !== layer) changed += 1;
  for (const id of from.keys()) if (!to.has(id)) changed += 1;
  return changed;
}

function changedLayers(from: readonly unknown[], to: readonly unknown[]): string[] {
  const indexes = Array.from({ length: Math.max(from.length, to.length) }, (_, index) => index);
  return indexes
    .filter((index) => canonicalJson(from[index]) !== canonicalJson(to[index]))
    .map((index) => LAYERS[index] ?? `number ${index}`);
}
