import type { SchedulerConfig } from '../scheduler.ts';
import { memberChanges, membersByName, numberChanges } from './differences.ts';
import { type Capabilities, numbersOf, type Refusal, readMembers, readNumbers, readOutcome } from './messages.ts';

/** What became of a live update that was answered to its end. */
export interface Applied {
  /** Entries and layers that were changed. */
  readonly members: number;
  readonly layers: number;
  /** Cgroups that are not in their layer though they exist, for people; null where there are none. */
  readonly missing: string | null;
  /** Why none of the numbers was taken; null where all were. */
  readonly refused: string | null;
  readonly takesNumbers: boolean;
}

/** Rejects where there is no answer in time, or one that does not belong to the question. */
export type Ask = (target: string, args?: Readonly<Record<string, string>>) => Promise<unknown>;

/** No longer a request than this, whatever the scheduler would take: it is held up for as long. */
const MAX_CHANGES = 4_096;

/**
 * Makes the scheduler go over to a config of the same shape. Numbers first: they are taken as a whole or not at all, and
 * a fence must have grown before its pods come. Members follow also where the numbers were refused, as pods that have no
 * layer are worse off than layers of another size.
 *
 * @param from what is in force; null where that is not known, then it is asked for
 */
export async function bringInForce(
  ask: Ask,
  { takesNumbers, maxChanges }: Capabilities,
  from: SchedulerConfig | null,
  to: SchedulerConfig,
): Promise<Applied> {
  const numbers = takesNumbers ? await changeNumbers(ask, from, to) : { layers: 0, refused: null };
  const atOnce = Math.min(MAX_CHANGES, maxChanges ?? MAX_CHANGES);
  return { ...numbers, ...(await changeMembers(ask, atOnce, from, to)), takesNumbers };
}

async function changeNumbers(ask: Ask, from: SchedulerConfig | null, to: SchedulerConfig) {
  const inForce = from === null ? readNumbers(await ask('layers')) : numbersOf(from.layers);
  const changes = numberChanges(inForce, numbersOf(to.layers));
  if (changes.length === 0) return { layers: 0, refused: null };
  const { applied, refused } = await change(ask, 'layers', changes);
  const [first] = refused;
  if (first === undefined) return { layers: applied, refused: null };
  return { layers: 0, refused: `layer ${changes[first.change]?.layer}: ${explain(first)}` };
}

async function changeMembers(ask: Ask, atOnce: number, from: SchedulerConfig | null, to: SchedulerConfig) {
  const inForce = from === null ? readMembers(await ask('members')) : membersByName(from);
  const changes = memberChanges(inForce, membersByName(to));
  let members = 0;
  const refusals: Refusal[] = [];
  for (let at = 0; at < changes.length; at += atOnce) {
    const { applied, refused } = await change(ask, 'members', changes.slice(at, at + atOnce));
    members += applied;
    refusals.push(...refused);
  }
  return { members, missing: missing(refusals) };
}

async function change(ask: Ask, target: 'layers' | 'members', changes: readonly object[]) {
  const answer = await ask(target, { changes: JSON.stringify(changes) });
  return readOutcome(answer, changes.length, target === 'layers');
}

/** A cgroup that has gone is a pod that has ended: the agent will hear of it, and nothing is missing. */
function missing(refusals: readonly Refusal[]): string | null {
  const left = refusals.filter(({ why }) => why !== 'no-cgroup');
  const [first] = left;
  if (first === undefined) return null;
  const more = new Set(left.map(({ why }) => why)).size > 1 ? ', and others' : '';
  return `${left.length} cgroups are not in their layer: ${explain(first)}${more}`;
}

function explain({ why, entries, capacity, error }: Refusal): string {
  if (error !== undefined) return `${why}: ${error}`;
  return capacity === undefined ? why : `${why}: ${entries ?? capacity} of ${capacity} entries`;
}
