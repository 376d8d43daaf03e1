// What one pod full of threads can make the others of its queue wait, against the kernel's patience.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LAYER_SETTINGS } from '../../../agent/layers/settings.ts';

/** A common limit of the processes of a pod. */
const THREADS = 4_096;
/** Slices end at ticks, of which the common slow kernels have 250 a second. */
const TICK_MS = 4;
/** After that the kernel ejects the scheduler. */
const WATCHDOG_S = 30;
/** What they have. With less of it a round takes too long: docs/explanation/layers.md. */
const CPUS = 1;

for (const [tier, us] of Object.entries(DEFAULT_LAYER_SETTINGS.sliceUs)) {
  test(`${tier}: a round of ${THREADS} threads is over in time`, () => {
    const slice = Math.ceil(us / 1000 / TICK_MS) * TICK_MS;
    assert.ok((THREADS * slice) / 1000 / CPUS < (WATCHDOG_S * 3) / 4, `${(THREADS * slice) / 1000} s`);
  });
}
