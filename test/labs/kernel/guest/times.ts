/** How long things may take, milliseconds. */

/** Start, load and proof under emulation, on a machine that others use as well: a bound for what hangs, not for what is slow. */
export const ATTACH_MS = 600_000;
/** The kernel without a scheduler again after a death. */
export const STOCK_MS = 3_000;
/** The status says so. */
export const STATUS_MS = 15_000;
