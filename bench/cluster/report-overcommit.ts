import { CPU, FLEET, type OvercommitRow } from './overcommit.ts';
import { table } from './table.ts';

export function reportOvercommit(rows: readonly OvercommitRow[]): string {
  return [
    '## Pods placed on a full cluster',
    table(
      rows.map(({ tier, off, on }) => ({
        tier,
        'overcommit off': String(off),
        on: String(on),
        more: `${Math.round((on / off - 1) * 100)} %`,
      })),
    ),
    [
      `- ${FLEET.count} nodes of ${FLEET.cores} CPUs, pods that ask for ${CPU}, more offered than fit; counted when kube-scheduler has tried all. Default factors.`,
      '- Critical and High are not scaled. No node takes more than 110 pods.',
    ].join('\n'),
  ].join('\n\n');
}
