import type { GuestEvent } from '../runner/events.ts';

export type Figure = Omit<Extract<GuestEvent, { event: 'figure' }>, 'event'>;

export interface Outcome {
  readonly name: string;
  readonly passed: boolean;
  readonly ms: number;
  /** Empty where it passed. */
  readonly reason: string;
  readonly figures: readonly Figure[];
}
