import type { GuestEvent } from '../runner/events.ts';

export type Figure = Omit<Extract<GuestEvent, { event: 'figure' }>, 'event'>;

export interface Outcome {
  readonly name: string;
  readonly passed: boolean;
  /** Milliseconds of the guest, of this machine, and of CPU that the emulator used. */
  readonly took: { readonly guest: number; readonly real: number; readonly cpu: number };
  /** Empty where it passed. */
  readonly reason: string;
  readonly figures: readonly Figure[];
}
