import { type Case, DEFAULT_SCHEDULER, type KernelKind } from '../runner/case.ts';
import { describeShape, type Shape, shapeOf } from '../vm/shape.ts';
import { priceOf } from './costs.ts';
import type { LabOptions } from './options.ts';

/** Cases that can share a guest. */
export interface Boot {
  readonly kernel: KernelKind;
  /** The scheduler that it holds: `stock`, `patched` or the path of one. */
  readonly scx: string;
  readonly shape: Shape;
  readonly words: readonly string[];
  readonly turnUs?: number;
  /** Of what chance decides in its cases. */
  readonly seed: number;
  readonly cases: readonly Case[];
}

/** What a guest is like, whatever it is for. */
export type Wanted = Omit<Boot, 'cases' | 'seed'>;

export interface Choice {
  readonly cases: readonly Case[];
  /** What a reader of the outcome must not take for shown, with the reason. */
  readonly leftOut: readonly string[];
}

export function chooseCases(all: readonly Case[], { pattern, long }: LabOptions): Choice {
  const fit = all.filter(({ name, long: isLong = false }) => (pattern?.test(name) ?? true) && (long || !isLong));
  const isLeftOut = ({ onRequest }: Case): boolean => onRequest !== undefined && pattern === null && !long;
  return {
    cases: fit.filter((one) => !isLeftOut(one)),
    leftOut: fit.filter(isLeftOut).map(({ name, onRequest }) => `${name} (${priceOf(name)}): ${onRequest}`),
  };
}

type Plan = Pick<LabOptions, 'cpus' | 'scx' | 'seed' | 'boots'>;

/**
 * As few kinds of guests as the cases' wishes allow, in the order of the first case of each. Where several boots are asked
 * for, each case runs once in each of them, with the next seed.
 */
export function planBoots(cases: readonly Case[], { cpus, scx, seed, boots }: Plan): Boot[] {
  return Array.from({ length: boots }, (_, more) => planOnce(cases, { cpus, scx, seed: seed + more })).flat();
}

function planOnce(cases: readonly Case[], options: Omit<Plan, 'boots'>): Boot[] {
  const { cpus, seed } = options;
  const boots = new Map<string, Boot>();
  for (const one of cases) {
    const {
      kernel = 'sched-ext',
      scheduler = DEFAULT_SCHEDULER,
      machine = {},
      words = [],
      turnUs,
      alone = false,
    } = one;
    const scx = options.scx ?? scheduler;
    const shape = shapeOf(cpus === null ? machine : { ...machine, cpus });
    const key = JSON.stringify([kernel, scx, shape, words, turnUs ?? null, alone ? one.name : null]);
    const wanted: Wanted = { kernel, scx, shape, words, ...(turnUs !== undefined && { turnUs }) };
    const boot = boots.get(key) ?? { ...wanted, seed, cases: [] };
    boots.set(key, { ...boot, cases: [...boot.cases, one] });
  }
  return [...boots.values()];
}

export function describeBoot({ kernel, scx, shape, words, turnUs }: Wanted): string {
  return [
    describeShape(shape),
    ...(scx === DEFAULT_SCHEDULER ? [] : [`scheduler ${scx}`]),
    ...(kernel === 'no-sched-ext' ? ['without sched_ext'] : []),
    ...(turnUs === undefined ? [] : [`turns of ${turnUs} µs`]),
    ...words,
  ].join(', ');
}
