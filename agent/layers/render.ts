import { TemperError } from '../../src/model/errors.ts';
import type { CgroupTree } from '../cgroups/tree.ts';
import type { Machine } from '../machine/machine.ts';
import type { Matching, SchedulerConfig } from '../scheduler/scheduler.ts';
import { hashOf } from './canonical.ts';
import { NEVER_US, readConfig } from './config-schema.ts';
import { type Desired, LAYERS, type LayerName, type LayerNumbers } from './desired.ts';
import { misplaced } from './first-match.ts';
import { LAYER_SPECS } from './layer-specs.ts';
import { membersOf } from './members.ts';
import { CONSTANT_MATCHES, type Matches, prefixMatches } from './prefix-matches.ts';

export interface RenderInput {
  readonly matching: Matching;
  readonly tree: CgroupTree;
  readonly machine: Machine;
}

/** A config, or why the node must stay on stock. */
export type Rendering =
  | { readonly ok: true; readonly config: SchedulerConfig }
  | { readonly ok: false; readonly reason: string };

/** The config of scx_layered for what is desired. It has passed the strict schema and is known to put each pod where it belongs. */
export function render(desired: Desired, { matching, tree, machine }: RenderInput): Rendering {
  if (desired.refusal !== null) return { ok: false, reason: desired.refusal };
  const byPrefix = matching === 'prefixes';
  const matches = byPrefix ? prefixMatches(desired.placements, tree) : CONSTANT_MATCHES;
  const wrong = byPrefix ? misplaced(desired.placements, matches, tree) : null;
  if (wrong !== null) return { ok: false, reason: refused(wrong) };

  const checked = checkedLayers(matches, desired.numbers, machine);
  if ('problem' in checked) return { ok: false, reason: refused(checked.problem) };
  const { layers, hash } = checked;
  // Without members nothing can change while it runs, so there all is shape.
  if (byPrefix) return { ok: true, config: { layers, members: null, shape: hash, hash } };
  const members = membersOf(desired.placements, tree);
  return { ok: true, config: { layers, members, shape: SHAPE, hash: hashOf([hash, textOf(members)]) } };
}

const refused = (why: string): string => new TemperError('TMP3101', why).message;

interface CheckedLayers {
  readonly layers: readonly unknown[];
  readonly hash: string;
}

let last: { readonly key: string; readonly machine: Machine; readonly checked: CheckedLayers } | null = null;

/**
 * The layers as the strict schema has read them. Most changes of pods leave the numbers as they are, and to check and hash
 * those again would cost ten times what the members do: they are then the same object as before.
 */
function checkedLayers(
  matches: Readonly<Record<LayerName, Matches>>,
  numbers: Desired['numbers'],
  machine: Machine,
): CheckedLayers | { readonly problem: string } {
  const key = JSON.stringify(matches === CONSTANT_MATCHES ? numbers : [matches, numbers]);
  if (last?.key === key && last.machine === machine) return last.checked;
  const reading = readConfig(
    LAYERS.map((name) => layer(name, matches[name], numbers[name])),
    machine,
  );
  if (!reading.ok) return reading;
  const { layers } = reading;
  const checked = { layers, hash: hashOf(layers) };
  last = { key, machine, checked };
  return checked;
}

/** What numbers and members leave over. */
const SHAPE = hashOf({
  matching: 'membership',
  frame: LAYERS.map((name) => ({ name, matches: CONSTANT_MATCHES[name], spec: LAYER_SPECS[name] })),
});

/** The same for the same pods in the same layers: they come in the order of their uids. */
function textOf(members: ReadonlyMap<bigint, number>): string {
  let text = '';
  for (const [cgroup, layer] of members) text += `${cgroup} ${layer},`;
  return text;
}

function layer(name: LayerName, matches: Matches, { weight, cpusRange, utilRange, sliceUs }: LayerNumbers) {
  const { kind, isProtected, preempts, isExclusive } = LAYER_SPECS[name];
  return {
    name,
    matches,
    kind: {
      [kind]: {
        ...(kind !== 'Open' && { util_range: utilRange, cpus_range: cpusRange, protected: isProtected }),
        weight,
        slice_us: sliceUs,
        fifo: true,
        preempt: preempts,
        exclusive: isExclusive,
        ...(!preempts && { disallow_open_after_us: NEVER_US, disallow_preempt_after_us: NEVER_US }),
      },
    },
  };
}
