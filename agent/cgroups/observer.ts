import { TemperError } from '../../src/model/errors.ts';
import type { Logger } from '../../src/telemetry/logger.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import type { CgroupObserver } from './watch.ts';

/** Counts and logs what the watch on the cgroup tree goes through; a failure is logged when it begins or changes. */
export function cgroupObserver(metrics: Metrics, logger: Logger): CgroupObserver {
  const scans = metrics.counter('temper_cgroup_scans_total');
  const failures = metrics.counter('temper_cgroup_scan_failures_total');
  const lost = metrics.counter('temper_cgroup_hints_lost_total');
  const watchFailures = metrics.counter('temper_cgroup_watch_failures_total');
  let known: string | null = null;
  let knownWatch: string | null = null;

  return {
    scanned(cause, problem) {
      scans.inc({ cause });
      if (problem !== null) failures.inc();
      if (problem !== null && problem !== known) warn(logger, new TemperError('TMP3052', problem));
      if (problem === null && known !== null) logger.info('the cgroup tree can be read again');
      known = problem;
    },
    hintLost: () => lost.inc(),
    watchFailed({ message }) {
      watchFailures.inc();
      if (message !== knownWatch) warn(logger, new TemperError('TMP3053', message));
      knownWatch = message;
    },
  };
}

function warn(logger: Logger, error: TemperError): void {
  logger.warn({ error: error.id, remedy: error.remedy }, error.message);
}
