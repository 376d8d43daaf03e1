import { cores, count } from '../output/words.ts';
import type { WayOut } from './predict.ts';

/** For people, lines with their ends. */
export function wayOutText(found: WayOut & { readonly quotasNotJudged: number }): string {
  const { scaledPods, debtMilli, refused, pending, quotasNotJudged } = found;
  if (scaledPods === 0) return 'no pod is scaled\n';
  const lost = refused + pending;
  const fits = `${count(refused, 'pod')} would be refused by quotas, ${count(pending, 'pod')} would stay Pending`;
  return [
    `scaled now: ${count(scaledPods, 'pod')}; made anew without the webhook they ask for ${cores(debtMilli)} cores more`,
    lost === 0 ? 'by CPU all of them have room' : `by CPU about ${lost} of them have none: ${fits}`,
    ...(quotasNotJudged === 0 ? [] : [`not judged: ${count(quotasNotJudged, 'quota')} with a scope`]),
    '',
  ].join('\n');
}
