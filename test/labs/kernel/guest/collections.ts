/** When this process stood still to collect its garbage: a large collection takes 160 ms of the guest, on all of its CPUs. */
import { PerformanceObserver } from 'node:perf_hooks';

/** From now on. @returns ends it, and tells of the longest pause in milliseconds */
export function watchCollections(): () => number {
  let longest = 0;
  const keep = (entries: ReadonlyArray<{ readonly duration: number }>): void => {
    longest = Math.max(longest, ...entries.map(({ duration }) => duration));
  };
  const observer = new PerformanceObserver((list) => keep(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return () => {
    keep(observer.takeRecords());
    observer.disconnect();
    return longest;
  };
}
