// The watch with real inotify, on a real cgroup v2 mount where the machine has one that may be written.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createCgroupScanner } from '../../../agent/cgroups/scan.ts';
import type { CgroupTree } from '../../../agent/cgroups/tree.ts';
import { createCgroupWatch } from '../../../agent/cgroups/watch.ts';
import { hostPaths } from '../../../agent/host/paths.ts';
import { systemClock } from '../../../src/telemetry/system-clock.ts';
import { cgroupMount, removeCgroups } from './cgroup-mount.ts';
import { containerId, fixture, uidOf } from './trees.ts';

const PATIENCE_MS = 60_000;

/** Far longer than the test waits: only a hint can lead to a scan. */
const NEVER_MS = 3_600_000;

const pod = (label: number): string => `kubepods/burstable/pod${uidOf(label)}`;

function watching(t: TestContext) {
  const mount = cgroupMount(t) ?? fixture(t).mount;
  const make = (path: string): void => void mkdirSync(join(mount, path), { recursive: true });
  make(`${pod(0)}/${containerId('a')}`);
  const paths = { ...hostPaths(), cgroup: mount };
  const events: string[] = [];
  const watch = createCgroupWatch({
    paths,
    clock: systemClock,
    scanner: createCgroupScanner({ paths, clock: systemClock }),
    knownUids: () => new Set(),
    timing: { intervalMs: NEVER_MS, settleMs: NEVER_MS },
    observer: {
      scanned: (cause, problem) => events.push(problem ?? cause),
      hintLost: () => events.push('lost'),
      watchFailed: (error) => events.push(error.message),
    },
  });
  t.after(() => watch.stop());
  const found = (holds: (tree: CgroupTree) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited in vain: ${events.join()}`)), PATIENCE_MS);
      watch.subscribe((tree) => {
        if (!holds(tree)) return;
        clearTimeout(timer);
        resolve();
      });
    });
  watch.start();
  return { mount, make, events, watch, found };
}

test('a pod that comes and one that goes are found by the hint alone, with the id of the cgroup', async (t) => {
  const { mount, make, events, watch, found } = watching(t);
  const came = found(({ pods }) => pods.has(uidOf(1)));
  make(pod(1));
  await came;
  assert.equal(watch.tree?.pods.get(uidOf(1))?.id, statSync(join(mount, pod(1)), { bigint: true }).ino);
  const gone = found(({ pods }) => !pods.has(uidOf(0)));
  removeCgroups(join(mount, pod(0)));
  await gone;
  assert.deepEqual(new Set(events), new Set(['start', 'hint']));
});

test('a directory of a QoS class that is made while it is watched is watched too', async (t) => {
  const { make, found } = watching(t);
  const made = found(({ bestEffort }) => bestEffort !== null);
  make('kubepods/besteffort');
  await made;
  const came = found(({ pods }) => pods.has(uidOf(2)));
  make(`kubepods/besteffort/pod${uidOf(2)}`);
  await came;
});

test('an overflow of the inotify queue loses nothing: what is still told leads to a scan after it', async (t) => {
  const { mount, make, events, watch, found } = watching(t);
  // Two events a round, none read meanwhile, since the event loop is held.
  const rounds = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
  for (let round = 0; round < rounds; round += 1) {
    mkdirSync(join(mount, `${pod(3)}x`));
    rmdirSync(join(mount, `${pod(3)}x`));
  }
  make(pod(4));
  await found(({ pods }) => pods.has(uidOf(4)));
  assert.ok(events.length <= 4, `${events.length} scans`);
  assert.equal(watch.failure, null);
});
