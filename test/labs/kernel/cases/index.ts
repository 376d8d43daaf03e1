import type { Case } from '../runner/case.ts';
import { attach } from './attach.ts';

/** All cases, in the order in which they run within one boot. */
export const CASES: readonly Case[] = [attach];
