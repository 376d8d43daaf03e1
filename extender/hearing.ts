import { ERRORS } from '../src/model/errors.ts';
import type { Logger } from '../src/telemetry/logger.ts';
import { Agreement, ENOUGH, type Heard, type Outcome } from './agreement.ts';

/** Notices whether the scheduler follows our scores, and says so when that changes. */
export interface Hearing {
  note(outcome: Outcome): void;
  heard(): Heard;
}

export function createHearing(logger: Logger): Hearing {
  const agreement = new Agreement();
  let isDeaf = false;
  let sinceJudged = 0;

  // Judged at intervals: a ratio near the line would otherwise log at every other pod.
  const judge = (): void => {
    const { heard, ratio, byChance } = agreement.heard();
    if (heard === null || heard === !isDeaf) return;
    isDeaf = !heard;
    if (isDeaf) logger.warn({ id: 'TMP4001', ratio, byChance, remedy: ERRORS.TMP4001.remedy }, ERRORS.TMP4001.title);
    else logger.info({ ratio, byChance }, 'the scheduler follows the extender again');
  };

  return {
    note(outcome) {
      agreement.add(outcome);
      sinceJudged += 1;
      if (sinceJudged < ENOUGH) return;
      sinceJudged = 0;
      judge();
    },
    heard: () => agreement.heard(),
  };
}
