import { factorOf } from '../../src/model/factor.ts';
import type { Facts } from '../../webhooks/facts.ts';
import { type LimitRangeCpu, readLimitRange } from '../../webhooks/limit-range.ts';
import type { NamespaceFacts } from '../../webhooks/namespace.ts';
import type { WebhookPolicy } from '../../webhooks/policy.ts';
import type { Review } from '../../webhooks/review.ts';

/** The policy of the default configuration. */
export function policy(overrides: Partial<WebhookPolicy> = {}): WebhookPolicy {
  const systemNamespaces = new Set(['kube-system', 'temper']);
  return {
    mode: 'enforce',
    percentage: 100,
    factors: { high: factorOf(1), normal: factorOf(0.7), low: factorOf(0.5), background: factorOf(0.5) },
    floorMilli: 10n,
    minimumFactor: factorOf(0.25),
    guaranteed: 'skip',
    cpuHpa: 'skip',
    warnings: false,
    excludedNamespaces: systemNamespaces,
    probeNamespace: '',
    tierPolicy: {
      mode: 'value',
      thresholds: { critical: 1_000_000, high: 100_000, normal: 0, low: -100 },
      systemNamespaces,
    },
    ...overrides,
  };
}

/** A cluster in which every namespace is opted in and nothing else is known. */
export function facts(overrides: Partial<Facts> = {}): Facts {
  const namespace: NamespaceFacts = { optedIn: true, factor: null };
  return {
    missing: () => null,
    namespace: () => namespace,
    limitRanges: () => [],
    cpuHpa: () => undefined,
    ...overrides,
  };
}

/** LimitRanges as the projection makes them of their specs. */
export function ranges(specs: readonly unknown[]): LimitRangeCpu[] {
  return specs.map((spec) => {
    const range = readLimitRange({ metadata: { namespace: 'shop', name: 'lr' }, spec });
    if (range === null) throw new Error('not a LimitRange');
    return range;
  });
}

/** A review of the creation of `object`. */
export function review(object: unknown, overrides: Partial<Review> = {}): Review {
  return {
    uid: 'uid-1',
    apiVersion: 'admission.k8s.io/v1',
    operation: 'CREATE',
    group: '',
    resource: 'pods',
    subResource: '',
    namespace: 'shop',
    name: '',
    dryRun: false,
    object,
    ...overrides,
  };
}
