import type { Policy } from '../policy.ts';
import type { ExitClass, SchedulerConfig } from '../scheduler.ts';
import type { Classified } from './exit-class.ts';
import type { Failure, Machine } from './state.ts';
import type { Turn } from './turn.ts';

const MAX_REFUSED = 32;
const MAX_FAILURES = 16;

/** Trying again would end the same way. */
const HOPELESS: ReadonlySet<ExitClass> = new Set(['usage', 'unsupported']);

/** Whether, when and with what to try again after this end. */
export function noteConsequences(turn: Turn, config: SchedulerConfig, verdict: Classified): void {
  const { s, at, policy } = turn;
  if (verdict.class === 'asked') return;
  s.startCause = 'recovery';
  if (verdict.class === 'hotplug') {
    retryIn(turn, policy.hotplugMs);
    return;
  }
  if (verdict.class === 'config-refused') {
    refuse(turn, config.hash);
    return;
  }
  s.attempts += 1;
  if (verdict.isShortage) {
    retryIn(turn, backoff(s.attempts, at.chance, policy));
    return;
  }
  const isEjection = verdict.class === 'ejected' || verdict.class === 'panic';
  s.failures = [...s.failures, { at: at.mono, isEjection }].slice(-MAX_FAILURES);
  const why = HOPELESS.has(verdict.class) ? 'trying again cannot help' : tooMany(s.failures, at.mono, policy);
  if (why === null) retryIn(turn, backoff(s.attempts, at.chance, policy));
  else latch(s, config, `${why}: ${verdict.class}: ${verdict.detail}`);
}

/** Never again tries a config of this hash, until a reload. */
export function refuse({ s }: Turn, hash: string): void {
  s.refused = [...s.refused.filter((one) => one !== hash), hash].slice(-MAX_REFUSED);
}

/** Forgets what failed, as a success or a person may. Ejections are kept: they come minutes after a success. */
export function forgive(s: Turn['s'], what: 'failures' | 'everything'): void {
  s.attempts = 0;
  s.retryAt = null;
  s.retryAtWall = null;
  s.failures = what === 'everything' ? [] : s.failures.filter((failure) => failure.isEjection);
  if (what === 'failures') return;
  s.latch = null;
  s.refused = [];
  s.handover = null;
  // The bound on starts is against tenants and loops; whom a person asks to start must not wait on stock for it.
  s.starts = [];
}

function latch(s: Turn['s'], config: SchedulerConfig, reason: string): void {
  s.latch = { hash: s.goal.want === 'enforce' ? s.goal.config.hash : config.hash, reason };
  s.retryAt = null;
  s.retryAtWall = null;
}

export function retryIn({ s, at }: Turn, ms: number): void {
  s.retryAt = at.mono + ms;
  s.retryAtWall = at.wall + ms;
}

/** Full jitter: evenly spread from 0 to the ceiling, which doubles with each failure in a row. */
export function backoff(attempts: number, chance: number, { backoff: { baseMs, capMs } }: Policy): number {
  return chance * Math.min(capMs, baseMs * 2 ** (attempts - 1));
}

function tooMany(failures: readonly Failure[], now: number, policy: Policy): string | null {
  const within = (windowMs: number) => failures.filter((failure) => now - failure.at <= windowMs);
  const ejections = within(policy.ejections.windowMs).filter((failure) => failure.isEjection).length;
  if (ejections >= policy.ejections.max) return `${ejections} ejections`;
  const all = within(policy.failures.windowMs).length;
  return all >= policy.failures.max ? `${all} failures` : null;
}

/** The config to start: the one asked for, else the last that worked; null where both were refused. */
export function choose(s: Machine): { config: NonNullable<Machine['knownGood']>; isKnownGood: boolean } | null {
  if (s.goal.want !== 'enforce') return null;
  if (!s.refused.includes(s.goal.config.hash)) return { config: s.goal.config, isKnownGood: false };
  if (s.knownGood === null || s.refused.includes(s.knownGood.hash)) return null;
  return { config: s.knownGood, isKnownGood: true };
}
