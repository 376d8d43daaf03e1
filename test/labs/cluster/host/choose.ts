import { type Case, casesFor } from '../../../e2e/case.ts';
import type { LabOptions } from './options.ts';

export interface Choice {
  readonly chosen: readonly Case[];
  /** What did not run and was not ruled out by name either, with the reason. */
  readonly leftOut: readonly string[];
}

/** @param options a pattern also finds cases that not each run has */
export function chooseCases(all: readonly Case[], { pattern, long }: Pick<LabOptions, 'pattern' | 'long'>): Choice {
  const { cases, leftOut } = casesFor('real', all);
  const fit = cases.filter(({ name }) => pattern?.test(name) ?? true);
  const isLeftOut = ({ onRequest }: Case): boolean => onRequest !== undefined && pattern === null && !long;
  const asked = fit.filter(isLeftOut).map(({ name, onRequest }) => `${name}: ${onRequest}`);
  return { chosen: fit.filter((one) => !isLeftOut(one)), leftOut: [...leftOut, ...asked] };
}
