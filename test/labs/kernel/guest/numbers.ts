/** The numbers of the layers as a patched scx_layered tells and takes them on its socket. */
import { z } from 'zod';
import { understood } from './members.ts';

const RANGE = z.tuple([z.number(), z.number()]);
const LIST = z.strictObject({
  layers: z.array(
    z.strictObject({
      layer: z.string(),
      kind: z.enum(['Confined', 'Grouped', 'Open']),
      weight: z.number(),
      slice_us: z.number(),
      min_exec_us: z.number(),
      xllc_mig_min_us: z.number(),
      xnuma_threshold: RANGE,
      xnuma_threshold_delta: RANGE,
      /** Layers of kind Open have none of these. */
      cpus_range: RANGE.optional(),
      util_range: RANGE.optional(),
      util_peak_half_life_ms: z.number().optional(),
    }),
  ),
});
const OUTCOME = z.strictObject({
  applied: z.number(),
  refused: z.array(
    z.strictObject({
      change: z.number(),
      why: z.string(),
      error: z.string().optional(),
      field: z.string().optional(),
    }),
  ),
});

export type LayerNumbers = z.infer<typeof LIST>['layers'][number];

/** By name of the layer. */
export async function numbers(): Promise<ReadonlyMap<string, LayerNumbers>> {
  const { layers } = LIST.parse(await understood('layers', {}));
  return new Map(layers.map((one) => [one.layer, one]));
}

export async function changeNumbers(changes: readonly unknown[]): Promise<z.infer<typeof OUTCOME>> {
  return OUTCOME.parse(await understood('layers', { changes: JSON.stringify(changes) }));
}
