/** Something that must hold before traffic is welcome. */
export interface ReadinessCheck {
  readonly name: string;
  /** Null when it holds, else the reason for people. */
  check(): string | null;
}

export interface Readiness {
  readonly ready: boolean;
  /** The reason of each check that does not hold. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** Asks all checks. */
export function readiness(checks: readonly ReadinessCheck[]): Readiness {
  const reasons: Record<string, string> = {};
  for (const { name, check } of checks) {
    const reason = check();
    if (reason !== null) reasons[name] = reason;
  }
  return { ready: Object.keys(reasons).length === 0, reasons };
}
