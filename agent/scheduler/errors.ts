import type { ErrorId } from '../../src/model/errors.ts';
import type { ExitClass } from './scheduler.ts';

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

export function errorOfExit(exitClass: ExitClass): ErrorId | null {
  return ERROR_OF[exitClass];
}
