import type { Applied, Missing } from '../live/bring-in-force.ts';
import type { ControlOutcome } from '../ports.ts';
import type { SchedulerConfig } from '../scheduler.ts';
import { refuse } from './failures.ts';
import { updateStandby } from './handover.ts';
import { applied } from './proof.ts';
import type { Child, Update } from './state.ts';
import { beginStop } from './stop.ts';
import { amend, enter, type Turn } from './turn.ts';

/** A live update was answered, or given up. */
export function controlled(turn: Turn, outcome: ControlOutcome): void {
  const { child } = turn.s;
  if (child === null || child.control === null) return;
  const { control } = child;
  amend(turn, { control: null });
  if (outcome.kind === 'applied') noteAbilities(turn, child, outcome);
  if (child.provenAt === null) afterAttach(turn, outcome);
  else if (outcome.kind === 'applied') answered(turn, child, control, outcome);
  else unanswered(turn, child, control, outcome.reason);
  if (turn.s.phase === 'updating') enter(turn, 'enforcing', turn.s.child?.change.cause ?? '');
}

function noteAbilities(turn: Turn, child: Child, { takesNumbers }: Applied): void {
  if (child.takesNumbers === takesNumbers) return;
  amend(turn, { takesNumbers });
  turn.effects.push({ type: 'live', news: { type: 'abilities', takesNumbers } });
}

/** What of it is in force can be asked, so that is no reason for a restart: whether it still schedules well is proven elsewhere. */
function unanswered(turn: Turn, child: Child, { to, change }: Update, reason: string): void {
  const { s, at, policy } = turn;
  amend(turn, { unanswered: child.unanswered + 1, silence: reason, nextCheckAt: at.mono + policy.recheckMs });
  // Still wanted, unless something else is by now.
  const isWanted = s.goal.want === 'enforce' && s.goal.config.hash === to.hash && to.hash !== child.config.hash;
  if (isWanted) s.batch ??= { firstAt: change.since, lastAt: at.mono, cause: change.cause };
}

function answered(turn: Turn, child: Child, { to, isCheck, change }: Update, outcome: Applied): void {
  const { at, policy } = turn;
  const { refused } = outcome;
  // Only who has asked for all of it knows that nothing is missing.
  const missing = isCheck ? missingOf(outcome) : both(child.missing, outcome.missing);
  amend(turn, { unanswered: 0, missing, ...(isCheck && { nextCheckAt: at.mono + policy.checkMs }) });
  if (to.hash === child.config.hash) {
    if (child.unanswered === 0) checked(turn, outcome);
    return;
  }
  // The layers were proven for the old config; a move takes a moment. Where changes follow each other without
  // end the next proof is put off for half of the time that there is for it, and not again.
  const later = at.mono + policy.proveMs;
  const hasTime = later <= child.lastProof + policy.unprovenMs / 2;
  const nextAskAt = hasTime ? later : Math.min(child.nextAskAt, later);
  const config = refused === null ? to : withoutNumbers(child.config, to);
  amend(turn, { config, change, isKnownGood: refused !== null, wrongs: 0, nextAskAt });
  if (refused !== null) refusedNumbers(turn, to, refused);
  applied(turn, 'live');
  updateStandby(turn);
}

/** Nobody else changes what it has: what differed was lost, or changed by hand. Where nothing did, this was only a look. */
function checked({ effects }: Turn, { members, layers }: Applied): void {
  if (members > 0 || layers > 0) effects.push({ type: 'live', news: { type: 'repaired', members, layers } });
}

function missingOf({ missing, refused }: Applied): Missing | null {
  if (missing !== null || refused === null) return missing;
  return { reason: `numbers of layers are not in force: ${refused}`, cgroups: new Set() };
}

function both(before: Missing | null, now: Missing | null): Missing | null {
  if (before === null || now === null) return now ?? before;
  return { reason: now.reason, cgroups: before.cgroups.union(now.cgroups) };
}

/** The members of the new one in the layers as they are. */
function withoutNumbers({ layers }: SchedulerConfig, to: SchedulerConfig): SchedulerConfig {
  return { ...to, layers, hash: `members of ${to.hash}` };
}

/** They are taken as a whole or not at all, so those in force still are. They are checked as at start: no other process takes them. */
function refusedNumbers(turn: Turn, to: SchedulerConfig, reason: string): void {
  const { s, at, effects } = turn;
  refuse(turn, to.hash);
  s.lastExit = { class: 'config-refused', detail: `live update: ${reason}`, at: at.wall };
  effects.push({ type: 'exit', exit: s.lastExit });
}

/** The members that every new process is told. Without them tasks would be in wrong layers. */
function afterAttach(turn: Turn, outcome: ControlOutcome): void {
  const { at, policy } = turn;
  const refused = outcome.kind === 'refused' ? outcome.reason : outcome.kind === 'applied' ? outcome.refused : null;
  if (refused !== null) {
    beginStop(turn, { class: 'config-refused', detail: `members not taken: ${refused}`, urgent: true });
    return;
  }
  if (outcome.kind === 'applied') {
    const { missing } = outcome;
    amend(turn, { needsMembers: false, missing, nextAskAt: at.mono, nextCheckAt: at.mono + policy.checkMs });
    return;
  }
  const detail = `members not taken: ${outcome.reason}`;
  amend(turn, { doubt: { class: 'socket-silent', detail }, nextAskAt: at.mono + policy.proofSpacingMs });
}
