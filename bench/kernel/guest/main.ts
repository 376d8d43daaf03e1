// The bench's program in the guest: one case, a round.
import { readFileSync } from 'node:fs';
import { serve } from '../../../test/labs/kernel/runner/serve.ts';
import { ORDERS, type Orders } from '../orders.ts';
import { roundOf } from './round.ts';

await serve([roundOf(JSON.parse(readFileSync(ORDERS, 'utf8')) as Orders)]);
