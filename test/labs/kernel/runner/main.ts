// The lab's program in the guest.
import { CASES } from '../cases/index.ts';
import { serve } from './serve.ts';

await serve(CASES);
