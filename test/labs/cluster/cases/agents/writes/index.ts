import { EVENT_WRITES } from './events.ts';
import { NODE_WRITES } from './nodes.ts';
import { OTHER_WRITES } from './others.ts';
import type { Write } from './write.ts';

/** What the token of an agent is tried with. */
export const WRITES: readonly Write[] = [...NODE_WRITES, ...EVENT_WRITES, ...OTHER_WRITES];
