import type { Case } from '../../../e2e/case.ts';
import { API_CASES } from './admission/api.ts';
import { IN_POD_CASES } from './admission/in-pods.ts';
import { SELF_ISSUED_CASES } from './admission/self-issued.ts';
import { WAY_OUT_CASES } from './admission/way-out.ts';
import { AGENT_CASES } from './agents/index.ts';
import { CHART_CASES } from './chart/index.ts';
import { DOCS_CASES } from './docs/index.ts';
import { SPREAD_CASES } from './scheduling/spread.ts';
import { WORKLOAD_CASES } from './workloads.ts';

const ON_REAL = {
  where: 'real',
  why: 'controllers, CEL, apply and sub-resources: the stand-in has none of them',
} as const;

/** What can be shown on the real parts only. */
export const LAB_CASES: readonly Case[] = [
  WORKLOAD_CASES,
  API_CASES,
  IN_POD_CASES,
  SELF_ISSUED_CASES,
  WAY_OUT_CASES,
  SPREAD_CASES,
  AGENT_CASES,
  CHART_CASES,
  DOCS_CASES,
]
  .flat()
  .map((one) => ({ only: ON_REAL, ...one }));
