import type { ReadinessCheck } from '../../src/telemetry/health.ts';
import type { OwnedScheduler } from '../ownership/owned-scheduler.ts';
import { notReady } from '../ownership/readiness.ts';
import type { Loop } from '../reconcile/loop.ts';

/** What must hold before kubelet may take us for ready, and end the agent before us. */
export function readinessOf({
  loop,
  scheduler,
}: {
  readonly loop: Loop;
  readonly scheduler: OwnedScheduler;
}): readonly ReadinessCheck[] {
  return [
    {
      name: 'initialised',
      check: () => (loop.view?.gate == null ? 'the node has not been checked yet' : null),
    },
    {
      name: 'upgrade',
      check() {
        const { newcomer } = scheduler;
        return newcomer === null ? null : notReady(newcomer, loop.view?.decision.status ?? null);
      },
    },
  ];
}
