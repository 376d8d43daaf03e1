import type { ExtenderSettings } from '../../extender/settings.ts';
import type { WebhookPolicy } from '../../webhooks/policy.ts';
import { tierPolicy } from '../config/shared.ts';
import { factorOf } from '../model/factor.ts';
import type { PodPolicy } from '../model/pod-view.ts';
import { nanoToMilli, parseQuantity } from '../model/quantity.ts';
import type { Config } from './config/settings.ts';

/** What the rooms take from the configuration. */

export function podPolicy(config: Config): PodPolicy {
  return { tierPolicy: tierPolicy(config), minimumFactor: factorOf(config['webhook.minimumFactor']) };
}

export function webhookPolicy(config: Config): WebhookPolicy {
  const tiers = tierPolicy(config);
  return {
    mode: config['webhook.mode'],
    percentage: config['webhook.percentage'],
    factors: {
      high: factorOf(config['webhook.factors.high']),
      normal: factorOf(config['webhook.factors.normal']),
      low: factorOf(config['webhook.factors.low']),
      background: factorOf(config['webhook.factors.background']),
    },
    floorMilli: atLeastOne(nanoToMilli(parseQuantity(config['webhook.floor']) ?? 0n)),
    minimumFactor: factorOf(config['webhook.minimumFactor']),
    guaranteed: config['webhook.guaranteed'],
    cpuHpa: config['webhook.cpuHpa'],
    warnings: config['webhook.warnings'],
    excludedNamespaces: new Set([...tiers.systemNamespaces, ...config['webhook.excludedNamespaces']]),
    probeNamespace: config['webhook.probeNamespace'],
    tierPolicy: tiers,
  };
}

export function extenderSettings(config: Config): ExtenderSettings {
  return {
    ...podPolicy(config),
    filter: config['extender.filter'],
    schedulerNames: config['extender.schedulerNames'],
  };
}

/** A request of zero would make a pod BestEffort: the floor is never below one millicore. */
function atLeastOne(milli: bigint): bigint {
  return milli > 1n ? milli : 1n;
}
