import { type Fence, fence } from '../../src/model/fence.ts';
import type { Machine } from '../machine/machine.ts';

/**
 * The machine in whole physical cores, the unit in which scx_layered hands out CPUs. A core counts with
 * the most hardware threads that any has, as the fence's arithmetic counts it.
 */
export interface Geometry {
  readonly cpus: number;
  /** CPUs of a core. */
  readonly threads: number;
  readonly cores: number;
  /** Cores that are never fenced, at least 1. */
  readonly reserve: number;
  /** Cores that may be fenced. */
  readonly fenceable: number;
  /** A quarter of the cores, at least 1: the most that the host's own layers own. */
  readonly quarter: number;
  /** What a layer that is in use owns even when it is idle: a core, or nothing on a machine of fewer than four. */
  readonly floor: number;
}

export function geometry(machine: Machine, reserve: number): Geometry {
  const cpus = machine.cpus.length;
  const threads = Math.min(machine.threads, cpus);
  const cores = Math.floor(cpus / threads);
  const fenceable = fence({ cpus, threads, reserve }, 0).fenceable / threads;
  const quarter = Math.floor(cores / 4);
  return {
    cpus,
    threads,
    cores,
    reserve: cores - fenceable,
    fenceable,
    quarter: Math.max(1, quarter),
    floor: Math.min(1, quarter),
  };
}

/** Critical's fence. A Critical pod without a request gets a core too: a Confined layer with no CPU would starve it. */
export function criticalFence(machine: Geometry, pods: number, requestMilli: number): Fence {
  const { cpus, threads, reserve } = machine;
  return fence({ cpus, threads, reserve: reserve * threads }, pods === 0 ? 0 : Math.max(1, requestMilli));
}
