import type { PodPolicy } from '../src/model/pod-view.ts';

/** The extender's configuration; all of it can change while it runs. */
export interface ExtenderSettings extends PodPolicy {
  /** Whether `filter` keeps Critical and High pods off nodes that cannot protect them. @default false */
  readonly filter: boolean;
  /** The schedulers whose pods are scored; empty: all. */
  readonly schedulerNames: readonly string[];
}
