import { TIER_CLASSES } from '../../src/model/tier.ts';
import type { Ctx } from './case.ts';

const CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses';

/** The PriorityClasses, as the chart installs them; gone at the end of the case. The stand-in has them from the start. */
export async function addClasses({ cluster, after }: Ctx): Promise<void> {
  if (cluster.where === 'stand-in') return;
  for (const [name, { value }] of TIER_CLASSES) {
    await cluster.client.create(CLASSES, { metadata: { name }, value });
    after(() => cluster.client.delete(`${CLASSES}/${name}`));
  }
}
