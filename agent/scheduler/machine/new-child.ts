import type { Child } from './state.ts';

type Given = Pick<Child, 'serial' | 'config' | 'isKnownGood' | 'change' | 'kind' | 'startedAt' | 'before' | 'deadline'>;

/** A child of which nothing is proven yet. */
export function newChild(given: Given, now: number): Child {
  return {
    ...given,
    seq: null,
    provenAt: null,
    lastProof: now,
    needsMembers: given.config.members !== null,
    isAsked: false,
    nextAskAt: now,
    answers: 0,
    wrongs: 0,
    doubt: null,
    control: null,
    nextCheckAt: now,
    unanswered: 0,
    silence: '',
    missing: null,
    takesNumbers: null,
    stopping: null,
  };
}
