import type { UpdateKind } from '../ports.ts';
import { holder } from './holder.ts';
import type { StatisticsOutcome } from './state.ts';
import { beginStop } from './stop.ts';
import { amend, closeGap, enter, type Turn } from './turn.ts';

/** The statistics answered or did not. */
export function heard(turn: Turn, outcome: StatisticsOutcome): void {
  const { s, at, policy } = turn;
  const { child } = s;
  if (child === null || child.stopping !== null) return;
  amend(turn, { isAsked: false });
  if (!outcome.ok) {
    amend(turn, { answers: 0, doubt: { class: 'socket-silent', detail: outcome.reason } });
    return;
  }
  const answers = child.answers + 1;
  amend(turn, { answers });
  // The first answer of a connection covers no interval: nothing can be told from it.
  if (answers < 2) return;
  // Also of a config that has been replaced meanwhile: where changes never stop there is no other.
  if (outcome.wrong === null) {
    proven(turn);
    return;
  }
  const isChanging = child.control !== null && child.control.to.hash !== child.config.hash;
  if (child.unanswered > 0 || isChanging || outcome.hash !== child.config.hash) {
    // Some of the update may be in force that is not known to be. Until that is told there is the time of a lost proof.
    amend(turn, { doubt: { class: 'wrong-layers', detail: outcome.wrong }, nextCheckAt: at.mono });
    return;
  }
  const wrongs = child.wrongs + 1;
  amend(turn, { wrongs, doubt: { class: 'wrong-layers', detail: outcome.wrong } });
  if (wrongs >= policy.wrongReadings) beginStop(turn, { class: 'wrong-layers', detail: outcome.wrong, urgent: true });
  // Where it has lost what it was told, that is set right before it is looked at again.
  else amend(turn, { nextAskAt: Math.min(child.nextAskAt, at.mono + policy.proofSpacingMs), nextCheckAt: at.mono });
}

function proven(turn: Turn): void {
  const { s, at } = turn;
  const { child } = s;
  const { state, enableSeq } = at.kernel;
  if (child === null || holder(at.kernel) !== 'ours' || state !== 'enabled' || enableSeq !== child.seq) return;
  amend(turn, { wrongs: 0, doubt: null, lastProof: at.mono });
  if (child.provenAt !== null) return;
  amend(turn, { provenAt: at.mono });
  enter(turn, 'enforcing', child.isKnownGood ? 'the last config that worked' : child.change.cause);
  closeGap(turn);
  applied(turn, child.kind);
}

/** The child's config is in force now: counted, kept and numbered. */
export function applied({ s, at, effects }: Turn, kind: UpdateKind): void {
  const { child } = s;
  if (child === null) return;
  const { config, change } = child;
  if (kind !== 'live') s.handover = null;
  effects.push({ type: 'update', kind, cause: change.cause, seconds: (at.mono - change.since) / 1000 });
  if (s.appliedHash !== config.hash) s.generation += 1;
  s.appliedHash = config.hash;
  if (s.knownGood?.hash === config.hash) return;
  s.knownGood = config;
  effects.push({ type: 'keep', config });
}
