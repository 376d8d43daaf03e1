import type { Ownership } from './ownership.ts';

/**
 * Of an agent that cannot take a place in the queue, as where the run directory cannot be written: it owns the node, as an agent
 * did before there was a queue. Where another one runs all the same, the kernel gives the scheduler to one of them only.
 */
export function alone(): Ownership {
  return {
    stage: 'owns',
    ahead: null,
    wasHandedOver: false,
    subscribe() {},
    tell() {},
    end() {},
    release: () => Promise.resolve(false),
    close() {},
  };
}
