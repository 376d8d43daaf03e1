import { z } from 'zod';
import { TIER_SETTINGS } from '../../config/shared.ts';
import type { Resource } from '../../kube/resource.ts';
import { factorOf } from '../../model/factor.ts';
import { readPod } from '../../model/pod.ts';
import { podView } from '../../model/pod-view.ts';
import type { TierPolicy } from '../../model/tier.ts';
import { connectKube } from '../connect/kube.ts';
import type { Context } from '../context.ts';
import { type ClassesSummary, type ClassPod, type PriorityClass, summarise } from './class-summary.ts';

/** As the webhook installs itself by default; a record that claims more is not believed. */
const MINIMUM_FACTOR = factorOf(0.25);

/**
 * Every PriorityClass of the cluster by the default thresholds, the highest first.
 *
 * @param threads hardware threads of a core, which the API server does not tell
 * @throws TemperError
 */
export async function listPriorityClasses(context: Context, threads: number): Promise<ClassesSummary> {
  const policy = defaultTierPolicy(context.options.agentNamespace);
  const kube = await connectKube(context);
  try {
    const classes = await kube.list(CLASSES);
    const pods = await kube.list(podsOf(policy));
    return summarise([...classes.values()], [...pods.values()], policy, threads);
  } finally {
    kube.close();
  }
}

/** How tiers are decided where nothing else is configured. */
export function defaultTierPolicy(releaseNamespace: string): TierPolicy {
  const threshold = (tier: 'critical' | 'high' | 'normal' | 'low') => TIER_SETTINGS[`priorityMapping.${tier}`].default;
  return {
    mode: TIER_SETTINGS['priorityMapping.mode'].default,
    thresholds: {
      critical: threshold('critical'),
      high: threshold('high'),
      normal: threshold('normal'),
      low: threshold('low'),
    },
    systemNamespaces: new Set([...TIER_SETTINGS.systemNamespaces.default, releaseNamespace]),
  };
}

const classSchema = z.object({
  metadata: z.object({ name: z.string() }),
  value: z.int(),
  globalDefault: z.boolean().optional(),
});

const CLASSES: Resource<PriorityClass> = {
  name: 'priorityclasses',
  path: '/apis/scheduling.k8s.io/v1/priorityclasses',
  read: (object) => {
    const { data } = classSchema.safeParse(object);
    if (data === undefined) return null;
    return { name: data.metadata.name, value: data.value, isGlobalDefault: data.globalDefault ?? false };
  },
};

function podsOf(tierPolicy: TierPolicy): Resource<ClassPod> {
  return {
    name: 'pods',
    path: '/api/v1/pods',
    // What has ended holds no CPU.
    fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
    read(object) {
      const reading = readPod(object);
      if (!reading.ok) return null;
      const view = podView(reading.pod, { tierPolicy, minimumFactor: MINIMUM_FACTOR });
      if (!view.alive) return null;
      return {
        namespace: view.namespace,
        className: reading.pod.spec.priorityClassName ?? '',
        tier: view.tier,
        node: view.nodeName ?? '',
        requestMilli: view.originalMilli,
      };
    },
  };
}
