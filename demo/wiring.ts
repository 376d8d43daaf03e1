import type { Mutator, WebhookConfig } from '../test/standin/admission/hooks.ts';
import type { Cluster } from '../test/standin/cluster.ts';
import type { ServiceProcess } from '../test/support/service-process.ts';

/** What the reference configuration of a scheduler of temper's own has. */
const EXTENDER_WEIGHT = 2;

/** How long an answer is waited for. */
export interface Patience {
  readonly timeoutSeconds: number;
  readonly httpTimeoutMs: number;
}

const RECOMMENDED: Patience = { timeoutSeconds: 2, httpTimeoutMs: 200 };

/**
 * Configures API server and scheduler as a chart would: webhook and extender as the documentation recommends them.
 *
 * @param after other mutating webhooks, called after ours.
 */
export function connect(
  cluster: Cluster,
  { ca, ports }: ServiceProcess,
  after: readonly Mutator[] = [],
  { timeoutSeconds, httpTimeoutMs }: Patience = RECOMMENDED,
): void {
  const origin = `https://127.0.0.1:${ports.get('https')}`;
  const webhook: WebhookConfig = {
    name: 'overcommit.temper.codes',
    url: `${origin}/mutate`,
    caBundle: ca.cert,
    namespaceSelector: { matchLabels: { 'temper.codes/overcommit': 'enabled' } },
    failurePolicy: 'Ignore',
    timeoutSeconds,
    reinvocationPolicy: 'IfNeeded',
  };
  cluster.setWebhooks([webhook], [], after);
  cluster.scheduler.setExtenders([
    {
      urlPrefix: `${origin}/scheduler`,
      prioritizeVerb: 'prioritize',
      weight: EXTENDER_WEIGHT,
      httpTimeoutMs,
      ignorable: true,
      ca: ca.cert,
    },
  ]);
}
