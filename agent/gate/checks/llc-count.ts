import { fail, many, pass } from '../check.ts';
import { ofMachine } from './of-machine.ts';

/** As many as the arrays of scx_layered hold. */
const MAX_LLCS = 64;

export const llcCount = ofMachine('TMP3022', 'llc-count', ({ llcs }) =>
  llcs > MAX_LLCS
    ? fail(`${many(llcs, 'last-level cache')}; scx_layered takes up to ${MAX_LLCS}`)
    : pass(`${many(llcs, 'last-level cache')}; scx_layered takes up to ${MAX_LLCS}`),
);
