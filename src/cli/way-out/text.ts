import { cores, count } from '../output/words.ts';
import type { Lost, WayOut } from './predict.ts';

/** For people, lines with their ends. */
export function wayOutText(found: WayOut & { readonly quotasNotJudged: number }): string {
  const { scaledPods, debtMilli, quotasNotJudged } = found;
  if (scaledPods === 0) return 'no pod is scaled\n';
  return [
    `scaled now: ${count(scaledPods, 'pod')}; made anew without the webhook they ask for ${cores(debtMilli)} cores more`,
    ...roomLines(found),
    ...(quotasNotJudged === 0 ? [] : [`not judged: ${count(quotasNotJudged, 'quota')} with a scope`]),
    '',
  ].join('\n');
}

function roomLines({ least, most }: WayOut): string[] {
  if (lostPods(most) === 0) return ['by CPU all of them have room'];
  if (least.refused === most.refused && least.pending === most.pending)
    return [`by CPU ${lostPods(least)} of them have no room: ${lostText(least)}`];
  return [
    `by CPU about ${lostPods(least)} to ${lostPods(most)} of them have no room, as they come:`,
    `  small ones first: ${lostText(least)}`,
    `  large ones first: ${lostText(most)}`,
  ];
}

const lostPods = ({ refused, pending }: Lost): number => refused + pending;
const lostText = ({ refused, pending }: Lost): string =>
  `${count(refused, 'pod')} refused by quotas, ${count(pending, 'pod')} Pending`;
