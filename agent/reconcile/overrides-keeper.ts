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
  /** @throws {TemperError} TMP3204, TMP3205, TMP3207, and TMP3206 while the Node has not been read */
  set(uid: string, tier: Tier): void;
  /** No override is no error. @throws {TemperError} TMP3206 */
  clear(uid: string): void;
}

/**
 * @param changed called after each change that must be written
 * @param dropped called with the problem of an annotation that is not understood: what it said is lost
 */
export function createOverridesKeeper(
  pods: NodePodsWatch,
  safeMode: SafeModeSwitch,
  changed: () => void,
  dropped: (problem: string) => void,
): OverridesKeeper {
  let overrides: Overrides = NO_OVERRIDES;
  let isRead = false;

  const apply = (next: Overrides): void => {
    overrides = next;
    pods.override(next);
    changed();
  };
  safeMode.subscribeNode(({ qosOverrides }) => {
    if (isRead) return;
    isRead = true;
    const reading = decodeOverrides(qosOverrides);
    if (reading.ok) apply(reading.value);
    else dropped(reading.problem);
  });
  pods.subscribe(() => {
    const expired = expireOverrides(overrides, pods);
    if (expired?.ok) apply(expired.value);
  });
  const mustBeRead = (): void => {
    if (!isRead) throw new TemperError('TMP3206', 'the Node has not been read yet');
  };

  return {
    get overrides() {
      return overrides;
    },
    get text() {
      return isRead ? encodeOverrides(overrides) : undefined;
    },
    set(uid, tier) {
      mustBeRead();
      const change = setOverride(overrides, uid, tier, pods);
      if (!change.ok) throw new TemperError(refusalOf(pods, uid), change.reason);
      apply(change.value);
    },
    clear(uid) {
      mustBeRead();
      const change = clearOverride(overrides, uid);
      if (change.ok) apply(change.value);
    },
  };
}

function refusalOf({ pods }: NodePodsWatch, uid: string): ErrorId {
  const pod = pods.get(uid);
  if (pod === undefined) return 'TMP3204';
  return pod.tier === 'system' ? 'TMP3207' : 'TMP3205';
}
