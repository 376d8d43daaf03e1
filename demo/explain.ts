import type { PodView } from '../src/model/pod-view.ts';
import type { ServiceProcess } from '../test/support/service-process.ts';

/** What the service itself says of a pod, from its explain route. */
export interface Explained {
  readonly pod: string;
  /** Why this pod was chosen for the report. */
  readonly why: string;
  readonly lines: readonly string[];
}

interface Answer {
  readonly overcommit: { readonly outcome: string; readonly reason: string } | null;
  readonly lines: readonly string[];
}

/** Asked of the service for at most this many pods, to find one of each kind. */
const MAX_ASKED = 400;

const WANTED: ReadonlyArray<readonly [why: string, fits: (pod: PodView, answer: Answer) => boolean]> = [
  ['a pod that was scaled', (pod, { overcommit }) => pod.nodeName !== null && overcommit?.reason === 'scaled'],
  [
    'a pod that was left as it is',
    (pod, { overcommit }) =>
      pod.nodeName !== null &&
      ['cpu-hpa', 'guaranteed', 'limit-range', 'pod-opted-out'].includes(overcommit?.reason ?? ''),
  ],
  ['a Critical pod', (pod) => pod.nodeName !== null && pod.tier === 'critical'],
];

/** Asks the service about three pods of different fates. */
export async function explainThree(service: ServiceProcess, pods: readonly PodView[]): Promise<Explained[]> {
  const open = new Map(WANTED);
  const found: Explained[] = [];
  // The latest pods are the ones that the service is sure to remember.
  for (const pod of pods.toReversed().slice(0, MAX_ASKED)) {
    if (open.size === 0) break;
    const name = `${pod.namespace}/${pod.name}`;
    const response = await fetch(`http://127.0.0.1:${service.ports.get('explain')}/explain/pods/${name}`);
    if (!response.ok) continue;
    const answer = (await response.json()) as Answer;
    for (const [why, fits] of open) {
      if (!fits(pod, answer)) continue;
      found.push({ pod: name, why, lines: answer.lines });
      open.delete(why);
      break;
    }
  }
  return found;
}
