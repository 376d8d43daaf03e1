import type { Ownership } from '../ownership/ownership.ts';
import type { Publishing } from '../reconcile/publishing.ts';

/** Once our scheduler is gone: the next agent says on the Node what is so now, and where there is none, we say that we have ended. */
export async function leaveNode(ownership: Ownership, publishing: Publishing): Promise<void> {
  if (ownership.stage === 'waits') return;
  const isTaken = await ownership.release();
  if (!isTaken) await publishing.leave();
}
