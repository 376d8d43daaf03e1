import type { Figure } from '../../telling.ts';

/** `lost`: the emulator failed in a way that is known, so nothing was shown; neither passed nor failed. */
export type State = 'passed' | 'failed' | 'lost';

export interface Outcome {
  readonly name: string;
  readonly state: State;
  /** Milliseconds of the guest, of this machine, and of CPU that the emulator used. */
  readonly took: { readonly guest: number; readonly real: number; readonly cpu: number };
  /** Empty where it passed. */
  readonly reason: string;
  readonly figures: readonly Figure[];
}
