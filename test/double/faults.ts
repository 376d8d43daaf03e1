/** How the double can fail. Read anew whenever it matters, so that a test can switch while it runs. */
export interface DoubleFaults {
  /** Exit code 1 with a config error. */
  readonly refuses?: boolean;
  /** Refuses only configs that hold this text. */
  readonly refusesText?: string;
  /** It cannot be started at all, for this reason. Only in process. */
  readonly spawnFails?: string;
  readonly neverAttaches?: boolean;
  /** Attached, with every task in the last layer. */
  readonly wrongLayers?: boolean;
  /** So many milliseconds after the attach the kernel ejects it: a stall. */
  readonly ejectedAfterMs?: number;
  readonly hangsOnSigterm?: boolean;
  readonly socket?: 'silent' | 'garbage' | 'missing' | 'error';
  /** So many milliseconds after its start it is killed. */
  readonly diesAfterMs?: number;
  readonly panicsAtStart?: boolean;
  /** So many milliseconds after the attach a CPU goes: the kernel lets go, and it panics. */
  readonly hotplugAfterMs?: number;
  /** So many milliseconds after the attach the kernel lets go, and the process stays. */
  readonly lostAfterMs?: number;
  /** Even SIGKILL does nothing, as where it cannot be sent. Only in process. */
  readonly ignoresSigkill?: boolean;
  /** The kernel takes so long to let go. */
  readonly releaseMs?: number;
  /** The kernel takes so long to enable it and to disable it, which one that ends by itself waits for. No fault: for who has to see it. */
  readonly kernelMs?: number;
  /** Live updates of numbers are refused. */
  readonly refusesNumbers?: boolean;
  /** It cannot change numbers while it runs, and says so. */
  readonly withoutNumbers?: boolean;
  /** So many entries its table of members has. */
  readonly memberCapacity?: number;
  /** What the patches add to the socket is not answered, or in words that mean nothing. */
  readonly controlSilent?: boolean;
  readonly controlGarbage?: boolean;
  readonly startMs?: number;
  /** As a standby: it does not say that it waits, but does. */
  readonly neverReady?: boolean;
  readonly readyTwice?: boolean;
  /** It attaches at once, as one without that flag would. */
  readonly doesNotStandBy?: boolean;
  /** So many milliseconds after it began to wait it ends with an error. */
  readonly diesWaitingMs?: number;
  /** So long after the node is free it attaches. */
  readonly takesOverAfterMs?: number;
}
