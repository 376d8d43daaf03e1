import type { Case } from '../../../../e2e/case.ts';
import { CLOCK_SKEW_CASES } from './clock-skew.ts';
import { CONFINED_AGENT_CASES } from './confined-agent.ts';
import { CONFINEMENT_CASES } from './confinement.ts';
import { EXPIRED_LIST_CASES } from './expired-list.ts';
import { FAULT_CASES } from './faults.ts';
import { GRANTED_CASES } from './granted.ts';
import { LOAD_CASES } from './load.ts';
import { PROJECTION_CASES } from './projection.ts';
import { SAFE_MODE_CASES } from './safe-mode.ts';

/** Agents as far as the API server sees them: their API side is the real one, in processes or loops of the lab. */
export const AGENT_CASES: readonly Case[] = [
  ...CONFINEMENT_CASES,
  ...GRANTED_CASES,
  ...CONFINED_AGENT_CASES,
  ...SAFE_MODE_CASES,
  ...CLOCK_SKEW_CASES,
  ...FAULT_CASES,
  ...EXPIRED_LIST_CASES,
  ...LOAD_CASES,
  ...PROJECTION_CASES,
];
