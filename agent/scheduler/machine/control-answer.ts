import type { ControlOutcome } from '../ports.ts';
import { refuse } from './failures.ts';
import { applied } from './proof.ts';
import { beginRestart, beginStop } from './stop.ts';
import { amend, enter, type Turn } from './turn.ts';

/** A control request was answered, or given up. */
export function controlled(turn: Turn, outcome: ControlOutcome): void {
  const { at, policy } = turn;
  const { child } = turn.s;
  if (child === null || child.control === null) return;
  const { to, change } = child.control;
  amend(turn, { control: null });
  if (child.provenAt === null) {
    afterAttach(turn, outcome);
    return;
  }
  if (outcome.kind === 'unknown') {
    beginRestart(turn, change.cause, `a live update failed: ${outcome.reason}`);
    return;
  }
  if (outcome.kind === 'refused') {
    refused(turn, to.hash, outcome.reason);
    return;
  }
  // The layers were proven for the old config; a move takes a moment. Where changes follow each other without
  // end the next proof is put off for half of the time that there is for it, and not again.
  const later = at.mono + policy.proveMs;
  const hasTime = later <= child.lastProof + policy.unprovenMs / 2;
  const nextAskAt = hasTime ? later : Math.min(child.nextAskAt, later);
  amend(turn, { config: to, change, isKnownGood: false, wrongs: 0, nextAskAt });
  applied(turn, 'live');
  enter(turn, 'enforcing', change.cause);
}

/** It is checked whole before any of it is applied, so what was in force still is. */
function refused(turn: Turn, hash: string, reason: string): void {
  const { s, at } = turn;
  refuse(turn, hash);
  amend(turn, { isKnownGood: true });
  s.lastExit = { class: 'config-refused', detail: `live update: ${reason}`, at: at.wall };
  turn.effects.push({ type: 'exit', exit: s.lastExit });
  enter(turn, 'enforcing', `the config before: the new one was refused: ${reason}`);
}

/** The members that every new process is told. Without them tasks would be in wrong layers. */
function afterAttach(turn: Turn, outcome: ControlOutcome): void {
  const { at, policy } = turn;
  if (outcome.kind === 'applied') {
    amend(turn, { needsMembers: false, nextAskAt: at.mono });
    return;
  }
  const detail = `members not taken: ${outcome.reason}`;
  if (outcome.kind === 'refused') {
    beginStop(turn, { class: 'config-refused', detail, urgent: true });
    return;
  }
  amend(turn, { doubt: { class: 'socket-silent', detail }, nextAskAt: at.mono + policy.proofSpacingMs });
}
