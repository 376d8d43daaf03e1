import type { Case } from '../../../../e2e/case.ts';
import { CANARY, CANARY_CASES } from './canary.ts';
import { INSTALL, INSTALL_CASES, SAFE_MODE, TROUBLESHOOT } from './install.ts';
import { SCHEDULER, SCHEDULER_CASES } from './scheduler.ts';

export const DOCS_CASES: readonly Case[] = [...INSTALL_CASES, ...CANARY_CASES, ...SCHEDULER_CASES];
/** Whose blocks say that this lab runs them. */
export const RUN_PAGES: readonly string[] = [INSTALL, TROUBLESHOOT, SAFE_MODE, CANARY, SCHEDULER];
