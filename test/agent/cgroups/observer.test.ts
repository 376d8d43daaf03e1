import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cgroupObserver } from '../../../agent/cgroups/observer.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { Metrics } from '../../../src/telemetry/metrics.ts';

test('all is counted; a failure is logged when it begins, changes and ends', async () => {
  const logged: Array<[error: string | undefined, message: string]> = [];
  const logger = createLogger('agent', 'info', {
    write: (line) => {
      const { error, msg } = JSON.parse(line);
      logged.push([error, msg]);
    },
  });
  const metrics = new Metrics();
  const observer = cgroupObserver(metrics, logger);
  observer.scanned('start', null);
  for (const problem of ['EMFILE', 'EMFILE', 'too slow']) observer.scanned('interval', problem);
  observer.scanned('hint', null);
  observer.scanned('hint', null);
  observer.hintLost();
  for (let times = 0; times < 3; times += 1) observer.watchFailed(new Error('ENOSPC'));
  assert.deepEqual(logged, [
    ['TMP3052', 'TMP3052: cgroup tree not readable: EMFILE'],
    ['TMP3052', 'TMP3052: cgroup tree not readable: too slow'],
    [undefined, 'the cgroup tree can be read again'],
    ['TMP3053', 'TMP3053: cgroup directory not watched: ENOSPC'],
  ]);
  const text = await metrics.registry.metrics();
  for (const line of [
    'temper_cgroup_scans_total{cause="interval"} 3',
    'temper_cgroup_scans_total{cause="hint"} 2',
    'temper_cgroup_scan_failures_total 3',
    'temper_cgroup_hints_lost_total 1',
    'temper_cgroup_watch_failures_total 3',
  ]) {
    assert.ok(text.includes(line), line);
  }
});
