import { cacheOf } from '../../../../scripts/making/cache.ts';
import { type Built, buildPrograms } from '../parts/build.ts';
import { kwokStages } from '../parts/from-modules.ts';
import { certManagerChart, operatorCrds } from '../parts/operators.ts';
import { schemas } from '../parts/schemas.ts';

export interface Parts {
  readonly cache: string;
  readonly programs: Built;
  readonly stages: string;
  /** Folder of the schemas for kubeconform. */
  readonly schemas: string;
}

/** Gets and builds what is missing, and says so where it takes a while. */
export async function getParts(say: (text: string) => void): Promise<Parts> {
  const cache = cacheOf('cluster-lab');
  const programs = await buildPrograms(cache, say);
  // For cases that ask for them where nothing can be downloaded any more.
  operatorCrds(cache);
  certManagerChart(cache);
  return { cache, programs, stages: kwokStages(cache), schemas: schemas(cache) };
}
