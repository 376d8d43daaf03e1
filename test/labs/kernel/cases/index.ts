import type { Case } from '../runner/case.ts';
import { attach } from './attach.ts';
import { CALIBRATION } from './calibration.ts';
import { CROWDS } from './crowd.ts';
import { DEATHS } from './deaths.ts';
import { BY_HAND } from './ends.ts';
import { ENFORCING } from './enforcing.ts';
import { LIMITS } from './limits.ts';
import { MEMBERSHIP } from './membership.ts';
import { NODE_CHANGES } from './node-changes.ts';
import { ORACLE } from './oracle.ts';
import { PLACEMENT } from './placement.ts';
import { RANDOM } from './random.ts';
import { SAFE_MODE } from './safe-mode.ts';
import { STABILITY } from './stability.ts';
import { STABILITY_CONTROL } from './stability-control.ts';
import { STARVATION } from './starvation.ts';
import { TOPOLOGIES } from './topologies.ts';

/** All cases, in the order in which they run within one boot. */
export const CASES: readonly Case[] = [
  attach,
  ...ENFORCING,
  ...BY_HAND,
  ...CALIBRATION,
  ...ORACLE,
  ...MEMBERSHIP,
  ...PLACEMENT,
  ...DEATHS,
  ...SAFE_MODE,
  ...LIMITS,
  ...NODE_CHANGES,
  ...TOPOLOGIES,
  ...RANDOM,
  ...STABILITY,
  ...STABILITY_CONTROL,
  ...CROWDS,
  ...STARVATION,
];
