import type { Policy } from '../policy.ts';
import { attaching, enforcing } from './attached.ts';
import { controlled } from './control-answer.ts';
import { childEnded } from './ended.ts';
import { reload, take } from './goal.ts';
import { standbyReady, weighed } from './handover.ts';
import { heard } from './proof.ts';
import { rest } from './rest.ts';
import { standbyEnded } from './standby.ts';
import { starting } from './starting.ts';
import type { Effect, Event, Machine, Moment } from './state.ts';
import { stopping, swept } from './stopping.ts';
import type { Turn } from './turn.ts';

export interface Step {
  readonly state: Machine;
  readonly effects: readonly Effect[];
}

/** One phase may hand over to the next at once; more in a row than there are phases would be a circle. */
const MAX_PHASES = 9;

/** What becomes of the supervisor by one event, and what is to be done about it. Pure. */
export function step(state: Machine, event: Event, at: Moment, policy: Policy): Step {
  const turn: Turn = { s: { ...state }, effects: [], at, policy };
  if (isCurrent(turn, event)) handle(turn, event);
  for (let passed = 0; passed < MAX_PHASES; passed += 1) {
    const { phase, sweep } = turn.s;
    advance(turn);
    if (turn.s.phase === phase && turn.s.sweep === sweep) break;
  }
  return { state: turn.s, effects: turn.effects };
}

/** News of a child that is no more are none, and news that only the other one can have neither. */
function isCurrent({ s }: Turn, event: Event): boolean {
  if (!('serial' in event)) return true;
  const isOfStandby = event.serial === s.standby?.serial;
  if (event.type === 'weighed' || event.type === 'ready') return isOfStandby;
  return event.serial === s.child?.serial || (event.type === 'exited' && isOfStandby);
}

function handle(turn: Turn, event: Event): void {
  switch (event.type) {
    case 'tick':
      return;
    case 'goal':
      take(turn, event.goal);
      return;
    case 'reload':
      reload(turn);
      return;
    case 'exited':
      if (event.serial === turn.s.child?.serial) childEnded(turn, event.exit);
      else standbyEnded(turn, event.exit);
      return;
    case 'weighed':
      weighed(turn, event.shortage);
      return;
    case 'ready':
      standbyReady(turn);
      return;
    case 'statistics':
      heard(turn, event.outcome);
      return;
    case 'controlled':
      controlled(turn, event.outcome);
      return;
    case 'swept':
      if (turn.s.sweep !== null && turn.s.sweep !== 'due') swept(turn, event.ended);
  }
}

function advance(turn: Turn): void {
  switch (turn.s.phase) {
    case 'stopping':
      stopping(turn);
      return;
    case 'stock':
    case 'waiting':
    case 'latched':
      rest(turn);
      return;
    case 'starting':
      starting(turn);
      return;
    case 'attaching':
      attaching(turn);
      return;
    case 'enforcing':
    case 'updating':
    case 'handing-over':
      enforcing(turn);
      return;
  }
}
