/** How long things may take, milliseconds of the guest, whose clock does not feel what else the machine does. */

/** From a start to the proof, under emulation. */
export const ATTACH_MS = 120_000;
/** The kernel without a scheduler again after a death. */
export const STOCK_MS = 3_000;
/** The status says so. */
export const STATUS_MS = 15_000;
