import type { ErrorId } from '../../src/model/errors.ts';
import type { ExitClass, SchedulerExit } from './scheduler.ts';

/** The error that a user reads of for each end of enforcement; null where all is as wanted. */
const ERROR_OF: Readonly<Record<ExitClass, ErrorId | null>> = {
  asked: null,
  hotplug: null,
  'config-refused': 'TMP3121',
  ejected: 'TMP3122',
  'not-attached': 'TMP3123',
  'wrong-layers': 'TMP3124',
  'socket-silent': 'TMP3125',
  usage: 'TMP3128',
  unsupported: 'TMP3128',
  killed: 'TMP3130',
  panic: 'TMP3130',
  error: 'TMP3130',
};

export function errorOfExit({
  class: exitClass,
  isStandby,
}: Pick<SchedulerExit, 'class' | 'isStandby'>): ErrorId | null {
  const id = ERROR_OF[exitClass];
  // A config is refused for its own sake, whoever was to load it.
  return id !== null && id !== 'TMP3121' && isStandby ? 'TMP3535' : id;
}
