import type { ErrorId } from '../../../src/model/errors.ts';
import type { Machine } from '../../machine/machine.ts';
import { type Check, type Finding, warn } from '../check.ts';

/** A check of the CPUs. Where they are not understood it says so, and leaves the refusal to the check that is for that. */
export function ofMachine(id: ErrorId, name: string, judge: (machine: Machine) => Finding): Check {
  return {
    id,
    name,
    judge: ({ cpu: { machine: reading } }) =>
      'problem' in reading
        ? warn('not known: the CPUs are not understood', 'Mend topology (TMP3018), then ask again.')
        : judge(reading.machine),
  };
}
