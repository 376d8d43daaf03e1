import type { SchedulerConfig } from '../scheduler.ts';
import { memberChanges, membersByName, namesOf, numberChanges } from './differences.ts';
import { type Capabilities, numbersOf, type Refusal, readMembers, readNumbers, readOutcome } from './messages.ts';

export interface Missing {
  /** For people. */
  readonly reason: string;
  readonly cgroups: ReadonlySet<bigint>;
}

/** What became of a live update that was answered to its end. */
export interface Applied {
  /** Entries and layers that were changed. */
  readonly members: number;
  readonly layers: number;
  /** Cgroups that are not in their layer though they exist; null where there are none. */
  readonly missing: Missing | null;
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
  // Where numbers stay nothing is waited for: the members are on their way before whoever has asked goes on.
  const numbers = takesNumbers && from?.layers !== to.layers ? await changeNumbers(ask, from, to) : NO_NUMBERS;
  const atOnce = Math.min(MAX_CHANGES, maxChanges ?? MAX_CHANGES);
  return { ...numbers, ...(await changeMembers(ask, atOnce, from, to)), takesNumbers };
}

const NO_NUMBERS: Pick<Applied, 'layers' | 'refused'> = { layers: 0, refused: null };

async function changeNumbers(ask: Ask, from: SchedulerConfig | null, to: SchedulerConfig): Promise<typeof NO_NUMBERS> {
  const inForce = from === null ? readNumbers(await ask('layers')) : numbersOf(from.layers);
  const changes = numberChanges(inForce, numbersOf(to.layers));
  if (changes.length === 0) return NO_NUMBERS;
  const { applied, refused } = await change(ask, 'layers', changes);
  const [first] = refused;
  if (first === undefined) return { layers: applied, refused: null };
  return { layers: 0, refused: `layer ${changes[first.change]?.layer}: ${explain(first)}` };
}

async function changeMembers(ask: Ask, atOnce: number, from: SchedulerConfig | null, to: SchedulerConfig) {
  const changes = from === null ? await missingMembers(ask, to) : newMembers(from, to);
  let members = 0;
  const refusals: RefusedMember[] = [];
  for (let at = 0; at < changes.length; at += atOnce) {
    const part = changes.slice(at, at + atOnce);
    const { applied, refused } = await change(ask, 'members', part);
    members += applied;
    refusals.push(...refused.map((one) => ({ ...one, cgroup: BigInt(part[one.change]?.cgroup ?? 0) })));
  }
  return { members, missing: missing(refusals) };
}

/** One change of the table, as the socket has it. */
interface MemberChange {
  readonly cgroup: string;
  readonly layer: string | null;
}

async function missingMembers(ask: Ask, to: SchedulerConfig): Promise<MemberChange[]> {
  const inForce = readMembers(await ask('members'));
  return memberChanges(inForce, membersByName(to)).map(([cgroup, layer]) => ({ cgroup, layer }));
}

/** One pod of hundreds has changed: only of that the names are needed. Configs of one shape have the same layers. */
function newMembers({ members: before }: SchedulerConfig, { layers, members }: SchedulerConfig): MemberChange[] {
  const changes = memberChanges(before ?? NO_MEMBERS, members ?? NO_MEMBERS);
  const names = namesOf(layers);
  return changes.map(([cgroup, layer]) => ({
    cgroup: String(cgroup),
    layer: layer === null ? null : (names[layer] ?? ''),
  }));
}

const NO_MEMBERS: ReadonlyMap<bigint, number> = new Map();

async function change(ask: Ask, target: 'layers' | 'members', changes: readonly object[]) {
  const answer = await ask(target, { changes: JSON.stringify(changes) });
  return readOutcome(answer, changes.length, target === 'layers');
}

type RefusedMember = Refusal & { readonly cgroup: bigint };

/** A cgroup that has gone is a pod that has ended: the agent will hear of it, and nothing is missing. */
function missing(refusals: readonly RefusedMember[]): Missing | null {
  const left = refusals.filter(({ why }) => why !== 'no-cgroup');
  const [first] = left;
  if (first === undefined) return null;
  const more = new Set(left.map(({ why }) => why)).size > 1 ? ', and others' : '';
  const what = left.length === 1 ? '1 cgroup is' : `${left.length} cgroups are`;
  const cgroups = new Set(left.map(({ cgroup }) => cgroup));
  return { reason: `${what} not in their layer: ${explain(first)}${more}`, cgroups };
}

function explain({ why, entries, capacity, error, field }: Refusal): string {
  const what = error ?? field;
  if (what !== undefined) return `${why}: ${what}`;
  return capacity === undefined ? why : `${why}: ${entries ?? capacity} of ${capacity} entries`;
}
