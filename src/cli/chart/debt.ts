import type { Resource } from '../../kube/resource.ts';
import { factorOf } from '../../model/factor.ts';
import { readPod } from '../../model/pod.ts';
import { podView } from '../../model/pod-view.ts';
import { defaultTierPolicy } from '../commands/priority-classes.ts';
import type { Kube } from '../connect/kube.ts';

/** What scaled pods will ask for more when they are made anew without the webhook. */
export interface Debt {
  readonly pods: number;
  readonly milli: number;
}

/** By the default thresholds, and records of original requests as the default configuration believes them. */
export async function capacityDebt(kube: Kube, releaseNamespace: string): Promise<Debt> {
  const tierPolicy = defaultTierPolicy(releaseNamespace);
  const policy = { tierPolicy, minimumFactor: factorOf(0.25) };
  const owed: Resource<number> = {
    name: 'pods',
    path: '/api/v1/pods',
    read: (object) => {
      const reading = readPod(object);
      if (!reading.ok) return null;
      const { alive, originalMilli, requestMilli } = podView(reading.pod, policy);
      return alive ? originalMilli - requestMilli : 0;
    },
  };
  const scaled = [...(await kube.list(owed)).values()].filter((milli) => milli > 0);
  return { pods: scaled.length, milli: scaled.reduce((sum, milli) => sum + milli, 0) };
}
