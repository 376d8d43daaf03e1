import { gateSummary } from '../gate/report.ts';
import type { Desired } from '../layers/desired.ts';
import type { SchedulerGoal } from '../scheduler/scheduler.ts';
import type { AgentStatus } from '../status.ts';
import { type AttachMemory, isHolding, noteWish, putOffUntil, type Wish } from './attach.ts';
import { enforcingStatus } from './enforcing-status.ts';
import type { Protection, Situation } from './situation.ts';

export interface Decision {
  readonly goal: SchedulerGoal;
  readonly status: AgentStatus;
  readonly protection: Protection;
  /** To be given to the next decision. */
  readonly memory: AttachMemory;
}

/** One reason to stay on stock, or null: the first that holds is the one that people read. */
type Objection = (situation: Situation) => Stay | null;

interface Stay {
  readonly status: AgentStatus;
  readonly protection: Protection;
  /** Whether the child must not get the time to end well. */
  readonly urgent?: boolean;
  /** Whether pods can bring it about: then the attach after it counts for the bound within an hour. */
  readonly byTenant?: boolean;
}

const stay = (word: AgentStatus['word'], reason: string, protection: Protection = 'none'): Stay => ({
  status: { word, reason },
  protection,
});

const stayByTenant = (...words: Parameters<typeof stay>): Stay => ({ ...stay(...words), byTenant: true });

const OBJECTIONS: readonly Objection[] = [
  ({ safeMode: { sources, reason } }) =>
    sources.some((source) => source !== 'not-read-yet')
      ? { ...stay('safe-mode', reason ?? sources.join(', ')), urgent: true }
      : null,
  ({ safeMode }) =>
    safeMode.sources.length > 0 ? stay('starting', safeMode.reason ?? 'safe mode not read yet', 'ready') : null,
  ({ gate }) => (gate === null ? stay('starting', 'the node is being checked', 'ready') : null),
  ({ gate }) => {
    const shut = gate === null ? null : gateSummary(gate);
    return shut === null ? null : { status: shut, protection: 'none' };
  },
  ({ scheduler: { foreign } }) => (foreign === null ? null : stay('unsupported', `another scheduler runs: ${foreign}`)),
  ({ isDisabled }) => (isDisabled ? stay('observing', 'the label temper.codes/enforce of the node is disabled') : null),
  ({ podsSynced }) => (podsSynced ? null : stay('starting', 'pods not listed yet', 'ready')),
  ({ cgroupProblem }) => (cgroupProblem === null ? null : stayByTenant('unsupported', `cgroups: ${cgroupProblem}`)),
  ({ desired }) => (desired === null ? stay('starting', 'layers not computed yet', 'ready') : null),
  ({ desired }) => (desired?.refusal ? refusal(desired, desired.refusal) : null),
];

/** A node kept on stock by its own setting is as its owner wants it; all else is worse than they hoped. */
function refusal({ notices }: Desired, reason: string): Stay {
  return stayByTenant(notices.some(({ id }) => id === 'limits-refuse') ? 'observing' : 'degraded', reason);
}

/** Decides what the scheduler should do, with the status that says so. Pure. */
export function decide(situation: Situation, memory: AttachMemory): Decision {
  const decision = choose(situation, memory);
  const { unproven } = situation.scheduler;
  return unproven === null ? decision : { ...decision, ...doubted(decision.status, unproven) };
}

/** Whatever is wanted, a node that is neither enforcing nor proven stock is not as its word says, and protects nothing. */
function doubted({ word, reason }: AgentStatus, unproven: string): Pick<Decision, 'status' | 'protection'> {
  const isOwnWord = word === 'safe-mode' || word === 'unsupported';
  const parts = isOwnWord ? [reason, unproven] : [unproven, reason];
  const why = parts.filter((part) => part !== null).join('; ');
  return { status: { word: isOwnWord ? word : 'degraded', reason: why }, protection: 'none' };
}

function choose(situation: Situation, memory: AttachMemory): Decision {
  const stock = ({ status, protection, urgent = false, byTenant = false }: Stay): Decision => {
    const wish: Wish = byTenant ? 'tenant' : 'host';
    const goal: SchedulerGoal = { want: 'stock', reason: status.reason ?? status.word, urgent };
    return { goal, status, protection, memory: noteWish(memory, situation, wish) };
  };
  for (const objection of OBJECTIONS) {
    const found = objection(situation);
    if (found !== null) return stock(found);
  }
  const { desired, config, crowd, settings, now } = situation;
  if (desired?.hasProtected !== true && settings.enforce === 'protected' && !isHolding(memory, situation)) {
    // A Critical pod that is placed here because of `ready` would not be protected beside a crowd.
    return stock(stayByTenant('observing', 'nothing to protect', crowd === null ? 'ready' : 'none'));
  }
  if (config === null || 'refused' in config) {
    const why = config === null ? 'no config yet' : `the config is not valid: ${config.refused}`;
    return stock(stayByTenant('degraded', why));
  }
  // The threads that wait are among those who would end the scheduler.
  if (crowd !== null) return stock({ ...stayByTenant('degraded', crowd), urgent: true });
  const putOff = putOffUntil(memory, situation);
  if (putOff !== null) {
    const until = new Date(putOff.wall).toISOString();
    const reason = `attached ${settings.attachesPerHour} times within an hour; put off until ${until}`;
    const decision = stock(stayByTenant('degraded', reason));
    return { ...decision, memory: { ...decision.memory, putOff } };
  }
  const cause = situation.scheduler.config === null ? 'attach' : 'pods';
  const goal: SchedulerGoal = { want: 'enforce', config, cause };
  const shown = enforcingStatus(situation.scheduler, desired, now);
  return { goal, ...shown, memory: noteWish(memory, situation, 'enforce') };
}
