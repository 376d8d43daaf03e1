import type { Case } from '../runner/case.ts';
import { ofTheAgent } from './deaths/agent.ts';
import { ofTheChild } from './deaths/child.ts';
import { byStarvation, bySysRq } from './deaths/ejection.ts';

export const DEATHS: readonly Case[] = [
  {
    name: 'deaths-of-the-child',
    what: 'killed, hanging, out of memory, under load: stock in time, then enforcing again',
    deadlineMs: 1_800_000,
    run: ofTheChild,
  },
  {
    name: 'deaths-of-the-agent',
    what: 'the agent killed, then both: the kernel is on stock, and a new agent enforces',
    deadlineMs: 1_800_000,
    run: ofTheAgent,
  },
  {
    name: 'ejection',
    what: 'the kernel is told to let go of the scheduler: stock at once, then enforcing again',
    deadlineMs: 1_800_000,
    run: bySysRq,
  },
  {
    name: 'ejection-by-starvation',
    what: 'a real-time hog starves a pinned thread until the watchdog ejects the scheduler: stock, then enforcing again',
    deadlineMs: 1_800_000,
    long: true,
    run: byStarvation,
  },
];
