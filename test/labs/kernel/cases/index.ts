import type { Case } from '../runner/case.ts';
import { attach } from './attach.ts';
import { CALIBRATION } from './calibration.ts';
import { CROWDS } from './crowd.ts';
import { DEATHS } from './deaths.ts';
import { BY_HAND } from './ends.ts';
import { ENFORCING } from './enforcing.ts';
import { FAILED_HANDOVER } from './failed-handover.ts';
import { GAPS } from './gaps.ts';
import { LIMITS } from './limits.ts';
import { LIVE_CHANGES } from './live-changes.ts';
import { MEMBERSHIP } from './membership.ts';
import { NODE_CHANGES } from './node-changes.ts';
import { NUMBERS } from './numbers.ts';
import { ORACLE } from './oracle.ts';
import { PLACEMENT } from './placement.ts';
import { RANDOM } from './random.ts';
import { SAFE_MODE } from './safe-mode.ts';
import { HOSTILE } from './socket.ts';
import { STABILITY } from './stability.ts';
import { STABILITY_CONTROL } from './stability-control.ts';
import { STANDBY } from './standby.ts';
import { STARVATION } from './starvation.ts';
import { TOPOLOGIES } from './topologies.ts';
import { UPGRADE } from './upgrade.ts';
import { VERIFIER } from './verifier.ts';
import { WAKEUP_COST } from './wakeup-cost.ts';

/** All cases, in the order in which they run within one boot. */
export const CASES: readonly Case[] = [
  attach,
  ...ENFORCING,
  ...BY_HAND,
  ...CALIBRATION,
  ...ORACLE,
  ...MEMBERSHIP,
  ...HOSTILE,
  ...LIVE_CHANGES,
  ...NUMBERS,
  ...STANDBY,
  ...GAPS,
  ...FAILED_HANDOVER,
  ...PLACEMENT,
  ...DEATHS,
  ...UPGRADE,
  ...SAFE_MODE,
  ...LIMITS,
  ...NODE_CHANGES,
  ...TOPOLOGIES,
  ...RANDOM,
  ...STABILITY,
  ...STABILITY_CONTROL,
  ...CROWDS,
  ...WAKEUP_COST,
  ...STARVATION,
  ...VERIFIER,
];
