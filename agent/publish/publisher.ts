import type { WriteOutcome } from '../../src/kube/write.ts';
import type { Clock } from '../../src/model/clock.ts';
import { TemperError } from '../../src/model/errors.ts';
import type { AnnotationPatch } from './annotations.ts';
import { decide, newsIn, type PublishDecision } from './decide.ts';
import type { PublishCause, Publisher, PublishObserver, Wanted } from './publish.ts';
import { NOTHING_WRITTEN, type Now, type Observed, type PublishState, sent, settled } from './state.ts';

export interface PublisherDeps {
  /** Writes annotations of the agent's Node: `patchAnnotations` of src/kube. Must not reject. */
  readonly patch: (annotations: Readonly<Record<string, string | null>>) => Promise<WriteOutcome>;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly observer: PublishObserver;
}

/** The one writer of the Node's annotations. At most one patch is under way; what comes meanwhile replaces what waited. */
export function createPublisher({ patch, clock, random, observer }: PublisherDeps): Publisher {
  let state: PublishState = NOTHING_WRITTEN;
  let wanted: Wanted | undefined;
  let observed: Observed | null = null;
  let uid: string | undefined;
  let running: Promise<void> | undefined;
  let cancel = () => {};
  let stopped = false;
  let lastWrittenAt: number | null = null;
  let isRefused = false;

  const now = (): Now => ({ wall: clock.now(), monotonic: clock.monotonic() });

  const report = (outcome: WriteOutcome, cause: PublishCause): void => {
    observer.patched(outcome.outcome, cause, outcome.outcome === 'ok' ? '' : outcome.detail);
    if (outcome.outcome === 'ok') {
      if (isRefused) observer.recovered();
      isRefused = false;
    } else if (outcome.outcome !== 'unavailable' && outcome.outcome !== 'conflict') {
      if (!isRefused) observer.problem(new TemperError('TMP3153', outcome.detail));
      isRefused = true;
    }
  };

  const write = async (wish: Wanted, annotations: AnnotationPatch, cause: PublishCause): Promise<void> => {
    const at = now();
    const nodeUid = uid;
    state = sent(state, at.monotonic);
    const outcome = await patch(annotations as Record<string, string | null>);
    state = settled(state, { wanted: wish, annotations, at }, outcome, clock.monotonic(), random());
    // Another Node of the same name came while this was under way: whether it got the patch cannot be told.
    if (nodeUid !== uid && nodeUid !== undefined) state = { ...state, written: null };
    if (outcome.outcome === 'ok') lastWrittenAt = at.wall;
    report(outcome, cause);
  };

  const start = (wish: Wanted, { annotations, cause }: Extract<PublishDecision, { do: 'patch' }>): void => {
    running = write(wish, annotations, cause).then(() => {
      running = undefined;
      proceed();
    });
  };

  /** Writes if it is time, else comes back when it is. */
  function proceed(): void {
    cancel();
    if (running !== undefined || stopped || wanted === undefined) return;
    const decision = decide(state, wanted, observed, now());
    if (decision.do === 'patch') start(wanted, decision);
    else if (Number.isFinite(decision.until)) cancel = clock.after(decision.until - clock.monotonic(), proceed);
  }

  return {
    want(wish) {
      wanted = wish;
      proceed();
    },
    observe(node) {
      const isOther = uid !== undefined && node.uid !== undefined && node.uid !== uid;
      if (isOther) state = { ...state, written: null, ...(isRefused && { notBefore: Number.NEGATIVE_INFINITY }) };
      uid = node.uid ?? uid;
      observed = { own: node.own, at: clock.monotonic() };
      proceed();
    },
    get qosOverrides() {
      return state.written?.wanted.qosOverrides;
    },
    get lastWrittenAt() {
      return lastWrittenAt;
    },
    async flush(urgency = 'asked') {
      await running;
      if (wanted === undefined) return false;
      if (running === undefined && !stopped) {
        const decision = decide(state, wanted, observed, now(), urgency);
        cancel();
        if (decision.do === 'patch') start(wanted, decision);
        else proceed();
      }
      // While the answer was on its way more may have been wished for: then that is not written yet.
      await running;
      return newsIn(wanted, state.written).length === 0;
    },
    async stop() {
      stopped = true;
      cancel();
      await running;
    },
  };
}
