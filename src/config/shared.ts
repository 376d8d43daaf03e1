import { z } from 'zod';
import { TemperError } from '../model/errors.ts';
import type { TierPolicy } from '../model/tier.ts';
import { LOG_LEVELS } from '../telemetry/logger.ts';
import { type ConfigOf, setting } from './setting.ts';

/** Settings that more than one process has, so that they mean the same in each. */

const text = z.string();
const priority = z.int().min(-2_147_483_648).max(1_000_000_000);
const PRIORITY = 'an integer up to 1000000000';

export const names = z.array(z.string().max(253)).max(1_000);
export const NAMES = 'a list of names';
export const port = z.int().min(0).max(65_535);
export const PORT = 'a port; 0 takes a free one';

/** How to reach the API server. */
export const KUBE_SETTINGS = {
  'kube.kubeconfig': setting(
    text,
    '',
    'a path',
    'Kubeconfig to use; without it KUBECONFIG, ~/.kube/config, then the account of the pod.',
    'restart',
  ),
  'kube.context': setting(text, '', 'a name', 'Context of the kubeconfig; without it the current one.', 'restart'),
  'kube.serviceAccount': setting(
    text,
    '',
    'a path',
    "Directory of the account's token and ca.crt; without it where kubelet mounts them.",
    'restart',
  ),
} as const;

/** How pods become tiers: each process must be given the same. */
export const TIER_SETTINGS = {
  'priorityMapping.mode': setting(
    z.enum(['value', 'named']),
    'value',
    'value or named',
    'value: by spec.priority. named: only the classes of the chart count, all else goes by QoS class.',
    'restart',
  ),
  'priorityMapping.critical': setting(
    priority,
    1_000_000,
    PRIORITY,
    'Lowest priority of the Critical tier.',
    'restart',
  ),
  'priorityMapping.high': setting(priority, 100_000, PRIORITY, 'Lowest priority of the High tier.', 'restart'),
  'priorityMapping.normal': setting(priority, 0, PRIORITY, 'Lowest priority of the Normal tier.', 'restart'),
  'priorityMapping.low': setting(
    priority,
    -100,
    PRIORITY,
    'Lowest priority of the Low tier; what is below is Background.',
    'restart',
  ),
  systemNamespaces: setting(
    names,
    ['kube-system'],
    NAMES,
    'Namespaces whose pods of system priority are system pods. Elsewhere they are High, unless priorityMapping.mode is named.',
    'restart',
  ),
  releaseNamespace: setting(
    text,
    'temper',
    'a name',
    'The namespace temper runs in; treated as a system namespace.',
    'restart',
  ),
} as const;

export const LOG_SETTINGS = {
  'log.level': setting(z.enum(LOG_LEVELS), 'info', LOG_LEVELS.join(', '), 'Least severity that is logged.'),
} as const;

/** @throws {TemperError} TMP1004 where a tier would be empty. */
export function checkThresholds(config: ConfigOf<typeof TIER_SETTINGS>): void {
  const order = ['critical', 'high', 'normal', 'low'] as const;
  const thresholds = order.map((tier) => config[`priorityMapping.${tier}`]);
  if (thresholds.some((value, index) => index > 0 && value >= (thresholds[index - 1] ?? value))) {
    throw new TemperError('TMP1004', 'priorityMapping must fall from critical over high and normal to low');
  }
}

/** What the model takes of them. The release namespace is a system namespace, too. */
export function tierPolicy(config: ConfigOf<typeof TIER_SETTINGS>): TierPolicy {
  return {
    mode: config['priorityMapping.mode'],
    thresholds: {
      critical: config['priorityMapping.critical'],
      high: config['priorityMapping.high'],
      normal: config['priorityMapping.normal'],
      low: config['priorityMapping.low'],
    },
    systemNamespaces: new Set([...config.systemNamespaces, config.releaseNamespace]),
  };
}
