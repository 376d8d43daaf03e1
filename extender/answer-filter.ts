import type { ErrorId } from '../src/model/errors.ts';
import { readPod } from '../src/model/pod.ts';
import { podView } from '../src/model/pod-view.ts';
import { type ExtenderArgs, readArgs } from './args.ts';
import { failureWords } from './explain/words.ts';
import { filter } from './filter.ts';
import { claim, type NotOurs } from './ours.ts';
import type { ExtenderState } from './state.ts';

/**
 * What became of a filter call; `outcome` is the metric's label. `off`: the filter is not on, all
 * pass. `spared`: all would have failed, so all pass.
 */
export type FilterAnswer =
  | {
      readonly ok: true;
      readonly outcome: 'off' | 'passed' | 'failed-some' | 'spared' | NotOurs | 'pod-not-understood';
      readonly args: ExtenderArgs;
      readonly passed: readonly string[];
      /** Why each of the others failed, for people. */
      readonly failed: ReadonlyMap<string, string>;
    }
  | {
      readonly ok: false;
      readonly outcome: 'bad-input' | 'internal-error';
      readonly error: ErrorId;
      readonly problem: string;
    };

/** Says which nodes of a request are right for the pod. Changes nothing. */
export function answerFilter(state: ExtenderState, body: unknown): FilterAnswer {
  const reading = readArgs(body);
  if (!reading.ok) return { ok: false, outcome: 'bad-input', error: 'TMP2005', problem: reading.problem };
  const { args } = reading;
  const everything = { ok: true, args, passed: args.names, failed: new Map<string, string>() } as const;
  if (!state.settings.filter) return { ...everything, outcome: 'off' };
  const pod = readPod(args.pod);
  if (!pod.ok) return { ...everything, outcome: 'pod-not-understood' };
  const claimed = claim(podView(pod.pod, state.settings), state.settings);
  if ('notOurs' in claimed) return { ...everything, outcome: claimed.notOurs };

  const { uid: key, tier, originalMilli: requestMilli } = claimed.pod;
  const { passed, failed, spared } = filter({ key, tier, requestMilli }, args.names, state.known.forFiltering());
  if (failed.size === 0) return { ...everything, outcome: spared ? 'spared' : 'passed' };
  const reasons = new Map<string, string>();
  for (const [name, failure] of failed) reasons.set(name, failureWords(failure, tier));
  return { ok: true, outcome: 'failed-some', args, passed, failed: reasons };
}
