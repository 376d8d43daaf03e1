import { type ErrorId, TemperError } from '../../src/model/errors.ts';
import type { Tier } from '../../src/model/tier.ts';
import type { NodePodsWatch } from '../pods/node-pods.ts';
import {
  clearOverride,
  decodeOverrides,
  encodeOverrides,
  expireOverrides,
  NO_OVERRIDES,
  type Overrides,
  setOverride,
} from '../pods/overrides.ts';
import type { SafeModeSwitch } from '../safemode/safe-mode.ts';

/** The overrides in force. The Node's annotation is where they are kept; from the first reading on the agent is its only writer. */
export interface OverridesKeeper {
  readonly overrides: Overrides;
  /** What the annotation is to say: null for none, undefined while the Node has not been read. */
  readonly text: string | null | undefined;
  /**
   * Resolves once the override stands on the Node and is in force. Where it cannot be stored nothing changes: else
   * it would hold until the agent ends, of which nobody hears.
   *
   * @throws {TemperError} TMP3204, TMP3205, TMP3206, TMP3207
   */
  set(uid: string, tier: Tier): Promise<void>;
  /** Likewise. No override is no error. @throws {TemperError} TMP3206 */
  clear(uid: string): Promise<void>;
}

export interface OverridesDeps {
  /** Whether the node is ours: until then another agent writes the annotation, and what it says holds. */
  readonly isOurs: () => boolean;
  readonly pods: NodePodsWatch;
  readonly safeMode: SafeModeSwitch;
  /** Called after each change of `text` that nobody waits for. */
  readonly changed: () => void;
  /** Writes `text`. @returns whether it is on the Node now */
  readonly store: (text: string | null) => Promise<boolean>;
  /** Called with the problem of an annotation that is not understood: what it said is lost. */
  readonly dropped: (problem: string) => void;
}

export function createOverridesKeeper({
  pods,
  safeMode,
  isOurs,
  changed,
  store,
  dropped,
}: OverridesDeps): OverridesKeeper {
  let overrides: Overrides = NO_OVERRIDES;
  /** What is being stored, and is in force only then. */
  let proposed: Overrides | null = null;
  let isRead = false;
  let last: Promise<unknown> = Promise.resolve();

  const apply = (next: Overrides): void => {
    overrides = next;
    pods.override(next);
    changed();
  };
  safeMode.subscribeNode(({ qosOverrides }) => {
    if (isRead && isOurs()) return;
    isRead = true;
    const reading = decodeOverrides(qosOverrides);
    if (reading.ok) apply(reading.value);
    else dropped(reading.problem);
  });
  pods.subscribe(() => {
    const expired = expireOverrides(overrides, pods);
    if (expired?.ok) apply(expired.value);
  });

  const propose = async (next: Overrides): Promise<void> => {
    proposed = next;
    const isStored = await store(encodeOverrides(next)).finally(() => {
      proposed = null;
    });
    apply(isStored ? next : overrides);
    if (!isStored) throw new TemperError('TMP3206', 'the Node could not be written now, so nothing has changed');
  };
  /** One after the other: each begins with what the one before has left. */
  const inTurn = (change: () => Promise<void>): Promise<void> => {
    const done = last.then(() => {
      if (!isRead) throw new TemperError('TMP3206', 'the Node has not been read yet');
      return change();
    });
    last = done.catch(() => {});
    return done;
  };

  return {
    get overrides() {
      return overrides;
    },
    get text() {
      return isRead ? encodeOverrides(proposed ?? overrides) : undefined;
    },
    set: (uid, tier) =>
      inTurn(async () => {
        const change = setOverride(overrides, uid, tier, pods);
        if (!change.ok) throw new TemperError(refusalOf(pods, uid), change.reason);
        await propose(change.value);
      }),
    clear: (uid) =>
      inTurn(async () => {
        const change = clearOverride(overrides, uid);
        if (change.ok) await propose(change.value);
      }),
  };
}

function refusalOf({ pods }: NodePodsWatch, uid: string): ErrorId {
  const pod = pods.get(uid);
  if (pod === undefined) return 'TMP3204';
  return pod.tier === 'system' ? 'TMP3207' : 'TMP3205';
}
