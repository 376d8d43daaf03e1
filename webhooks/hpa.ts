import { z } from 'zod';
import type { Workload } from '../src/model/workload.ts';

/** A HorizontalPodAutoscaler (autoscaling/v2), as far as scaled requests would disturb it. */
export interface CpuHpa {
  readonly namespace: string;
  readonly name: string;
  readonly target: Workload;
  /** Whether it reads CPU use as a share of the request. */
  readonly readsCpu: boolean;
}

const resourceMetric = z.object({ name: z.string(), target: z.object({ type: z.string() }) }).nullish();

const schema = z.object({
  metadata: z.object({ namespace: z.string(), name: z.string() }),
  spec: z.object({
    scaleTargetRef: z.object({ kind: z.string(), name: z.string() }),
    // One metric of an unknown form must not hide the HPA: it then counts as reading CPU.
    metrics: z
      .array(z.object({ type: z.string(), resource: resourceMetric, containerResource: resourceMetric }))
      .nullish()
      .catch(null),
  }),
});

/** Projection of a HorizontalPodAutoscaler. Without metrics Kubernetes means 80 % of the CPU request. */
export function readHpa(object: unknown): CpuHpa | null {
  const result = schema.safeParse(object);
  if (!result.success) return null;
  const { metadata, spec } = result.data;
  const metrics = spec.metrics ?? [];
  const readsCpu = metrics.some(({ resource, containerResource }) =>
    [resource, containerResource].some((metric) => metric?.name === 'cpu' && metric.target.type === 'Utilization'),
  );
  return { ...metadata, target: spec.scaleTargetRef, readsCpu: readsCpu || metrics.length === 0 };
}
