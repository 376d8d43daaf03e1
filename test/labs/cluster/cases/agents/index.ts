import type { Case } from '../../../../e2e/case.ts';
import { CONFINED_AGENT_CASES } from './confined-agent.ts';
import { CONFINEMENT_CASES } from './confinement.ts';
import { GRANTED_CASES } from './granted.ts';
import { SAFE_MODE_CASES } from './safe-mode.ts';

/** Agents as far as the API server sees them: their API side is the real one, in processes or loops of the lab. */
export const AGENT_CASES: readonly Case[] = [
  ...CONFINEMENT_CASES,
  ...GRANTED_CASES,
  ...CONFINED_AGENT_CASES,
  ...SAFE_MODE_CASES,
];
