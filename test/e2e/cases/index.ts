import type { Case } from '../case.ts';
import { ADMISSION_CASES } from './admission.ts';
import { EXTENDER_CASES } from './extender.ts';
import { ORDER_CASES } from './order.ts';
import { OVERCOMMIT_CASES } from './overcommit.ts';
import { PLACEMENT_CASES } from './placement.ts';
import { TOLD_CASES } from './told.ts';

/** All end-to-end cases, in the order in which they run. */
export const CASES: readonly Case[] = [
  ...OVERCOMMIT_CASES,
  ...ADMISSION_CASES,
  ...ORDER_CASES,
  ...PLACEMENT_CASES,
  ...EXTENDER_CASES,
  ...TOLD_CASES,
];
