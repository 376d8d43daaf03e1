/**
 * Static branches are patched through a breakpoint. With a thread for each CPU the emulator (qemu 7.2) may run that
 * breakpoint from what it has translated after the kernel has taken it back: no kernel does that, whatever is attached.
 */
const STALE_BREAKPOINT = /\bint3: 0000\b/;

/** Whether the kernel's console tells of a fault of the emulator that is known. What ran then has shown nothing. */
export function isKnownFault(line: string): boolean {
  return STALE_BREAKPOINT.test(line);
}
