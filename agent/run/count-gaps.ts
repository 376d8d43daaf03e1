import type { SchedulerObserver } from '../scheduler/ports.ts';

/** The same observer, which also adds up the gaps for the views. */
export function countGaps(observer: SchedulerObserver, gaps: { count: number; totalMs: number }): SchedulerObserver {
  return {
    ...observer,
    gap(seconds) {
      gaps.count += 1;
      gaps.totalMs += seconds * 1000;
      observer.gap(seconds);
    },
  };
}
