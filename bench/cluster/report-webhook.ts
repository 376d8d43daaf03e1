import { quantile } from '../load.ts';
import { table } from './table.ts';
import { WEBHOOKS, type WebhookWindow } from './webhook.ts';

const NAMES = { none: 'none', go: 'the minimal Go program', temper: "temper's" } as const;

export function reportWebhook(windows: readonly WebhookWindow[]): string {
  const rows = windows.flatMap(({ at, times, others }) =>
    WEBHOOKS.map((arm) => {
      const ms = (share: number): number => quantile(times[arm], share);
      const added = (share: number): string =>
        arm === 'none' ? '' : (ms(share) - quantile(times.none, share)).toFixed(2);
      return {
        'at once': String(at),
        webhook: NAMES[arm],
        'p50 ms': ms(0.5).toFixed(2),
        'p99 ms': ms(0.99).toFixed(2),
        'added p50': added(0.5),
        'added p99': added(0.99),
        'taken by others, % of the machine': (others * 100).toFixed(0),
      };
    }),
  );
  return [
    '## Creation of a pod',
    table(rows),
    [
      `- ${windows[0]?.times.none.length} creations for each, one of each in turn, by the API as a client sees them; written to etcd, taken by no scheduler.`,
      '- One container, its request scaled and its original recorded. The Go program decodes the review and answers the patch that temper gave for such a pod.',
      '- TLS, `reinvocationPolicy: IfNeeded`, namespaces of their own by selector, so that each pod is asked about once.',
    ].join('\n'),
  ].join('\n\n');
}
