/** Times and bounds of the supervisor, milliseconds. All are durations on the clock that never jumps. */
export interface Policy {
  /** From spawn to `enabled`, or to a standby's word that it is ready: loading takes 1 s on real hardware, up to 53 s in emulation under load. */
  readonly startMs: number;
  /** From `enabled` to proven: the socket answers within 0.2 s when the node is not starved. */
  readonly proofMs: number;
  /** Between the first two statistics: the first covers no interval, a control step takes 100 ms. */
  readonly proofSpacingMs: number;
  /** How often enforcement is proved again. */
  readonly proveMs: number;
  /** How often the kernel's state is read while something is under way. */
  readonly pollMs: number;
  /** Without a proof for so long, enforcement counts as lost. A starved socket has answered seconds late. */
  readonly unprovenMs: number;
  /** Readings in a row with a task in a wrong layer that end enforcement: one may be a race with a move. */
  readonly wrongReadings: number;
  /** From SIGTERM to SIGKILL: where it is urgent, and where it is not. */
  readonly killMs: { readonly urgent: number; readonly calm: number };
  /** From the child's end to `disabled`; worst seen 1.9 s in emulation. Later is reported. */
  readonly releaseMs: number;
  /** From the end of the one before until the standby is attached; worst seen 0.5 s in emulation, on a busy host. */
  readonly takeOverMs: number;
  /** Limit of a search for processes that an earlier agent left. */
  readonly sweepMs: number;
  /** A change that takes another process waits for more of them: so long after the latest, at most so long after the first. */
  readonly debounce: { readonly quietMs: number; readonly maxMs: number };
  /** Limit of a live update's answer. */
  readonly controlMs: number;
  /** How often the scheduler is asked what it has in force, and what is wrong is set right. */
  readonly checkMs: number;
  /** The same after an update of which that is not known. */
  readonly recheckMs: number;
  readonly backoff: { readonly baseMs: number; readonly capMs: number };
  /** Attached for so long is a success. */
  readonly successMs: number;
  /** So many failures within the window latch. */
  readonly failures: { readonly max: number; readonly windowMs: number };
  /**
   * The same for what the kernel ejected and for panics. A success does not forget these, and their window
   * is longer: ejections were seen up to three minutes after the attach.
   */
  readonly ejections: { readonly max: number; readonly windowMs: number };
  /** After CPUs came or went: more of them may follow. */
  readonly hotplugMs: number;
  /** A start that fails for the CPUs' sake within this time after a hotplug is part of it. */
  readonly hotplugWindowMs: number;
  /** Starts in the window, whatever for: a tenant whose pods force restarts shall not flap the node. */
  readonly starts: { readonly max: number; readonly windowMs: number };
}

export const DEFAULT_POLICY: Policy = {
  startMs: 120_000,
  proofMs: 15_000,
  proofSpacingMs: 250,
  proveMs: 1_000,
  pollMs: 100,
  unprovenMs: 10_000,
  wrongReadings: 2,
  killMs: { urgent: 500, calm: 2_000 },
  releaseMs: 3_000,
  takeOverMs: 10_000,
  sweepMs: 2_000,
  debounce: { quietMs: 500, maxMs: 2_000 },
  controlMs: 5_000,
  checkMs: 5_000,
  recheckMs: 1_000,
  backoff: { baseMs: 1_000, capMs: 60_000 },
  successMs: 60_000,
  failures: { max: 5, windowMs: 600_000 },
  ejections: { max: 3, windowMs: 1_800_000 },
  hotplugMs: 2_000,
  hotplugWindowMs: 60_000,
  starts: { max: 60, windowMs: 3_600_000 },
};
