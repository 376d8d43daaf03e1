import type { CgroupTree } from '../cgroups/tree.ts';
import type { Machine } from '../machine/machine.ts';
import type { Matching, SchedulerConfig } from '../scheduler/scheduler.ts';
import { hashOf } from './canonical.ts';
import { NEVER_US, readConfig } from './config-schema.ts';
import { type Desired, LAYERS, type LayerName, type LayerNumbers } from './desired.ts';
import { misplaced } from './first-match.ts';
import { LAYER_SPECS } from './layer-specs.ts';
import { membersOf } from './members.ts';
import { constantMatches, type Matches, prefixMatches } from './prefix-matches.ts';

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
  const matches = byPrefix ? prefixMatches(desired.placements, tree) : constantMatches();
  const wrong = byPrefix ? misplaced(desired.placements, matches, tree) : null;
  if (wrong !== null) return { ok: false, reason: `layer config refused: ${wrong}` };

  const reading = readConfig(
    LAYERS.map((name) => layer(name, matches[name], desired.numbers[name])),
    machine,
  );
  if (!reading.ok) return { ok: false, reason: `layer config refused: ${reading.problem}` };
  const { layers } = reading;
  const members = byPrefix ? null : membersOf(desired.placements, tree);
  const all = hashOf({ matching, layers, members: members === null ? null : [...members].sort(byId) });
  return {
    ok: true,
    config: { layers, members, shape: byPrefix ? all : hashOf({ matching, frame: frame() }), hash: all },
  };

  // What numbers and members leave over. Without members nothing can change while it runs, so there all is shape.
  function frame() {
    return LAYERS.map((name) => ({ name, matches: matches[name], spec: LAYER_SPECS[name] }));
  }
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

function byId([a]: readonly [bigint, number], [b]: readonly [bigint, number]): number {
  return a < b ? -1 : 1;
}
