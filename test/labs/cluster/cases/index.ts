import type { Case } from '../../../e2e/case.ts';
import { API_CASES } from './api.ts';
import { DOCS_CASES } from './docs/index.ts';
import { SPREAD_CASES } from './scheduling/spread.ts';
import { IN_POD_CASES } from './service-in-pods.ts';
import { WORKLOAD_CASES } from './workloads.ts';

const ON_REAL = {
  where: 'real',
  why: 'controllers, CEL, apply and sub-resources: the stand-in has none of them',
} as const;

/** What can be shown on the real parts only. */
export const LAB_CASES: readonly Case[] = [
  ...WORKLOAD_CASES,
  ...API_CASES,
  ...IN_POD_CASES,
  ...SPREAD_CASES,
  ...DOCS_CASES,
].map((one) => ({ only: ON_REAL, ...one }));
