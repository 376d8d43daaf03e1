import { TemperError } from '../model/errors.ts';

/** A pod as it is named on the command line. */
export interface PodRef {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

/** A uid as Kubernetes makes them; static pods have 32 digits without dashes. */
const UID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-9a-f]{32}$/;
const NAME = /^[0-9a-z](?:[0-9a-z.-]{0,251}[0-9a-z])?$/;
const NAMESPACE = /^[0-9a-z](?:[0-9a-z-]{0,61}[0-9a-z])?$/;

/**
 * Reads `NAME`, `NAMESPACE/NAME` or a uid.
 *
 * @param namespace of a name that comes without one
 * @throws TemperError TMP3221
 */
export function readPodRef(text: string, namespace: string): PodRef {
  if (UID.test(text)) return { uid: text, namespace: '', name: '' };
  const parts = text.split('/');
  const [first = '', second] = parts;
  const ref = second === undefined ? { namespace, name: first } : { namespace: first, name: second };
  if (parts.length > 2 || !NAMESPACE.test(ref.namespace) || !NAME.test(ref.name)) {
    throw new TemperError('TMP3221', 'a pod is given as NAME, NAMESPACE/NAME or its uid');
  }
  return { uid: '', ...ref };
}
