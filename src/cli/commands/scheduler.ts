import { withAgent } from '../connect/agent.ts';
import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';

/** Releases a latch and starts the scheduler anew. */
export async function schedulerReload(context: Context): Promise<Result> {
  const answer = await withAgent(context, null, (agent) => agent.call('ReloadScheduler', {}));
  return {
    kind: 'SchedulerReload',
    data: answer,
    text: () => `reloading after generation ${answer.generation}${answer.wasLatched ? ', latch released' : ''}\n`,
    hints: ['status shows what comes of it'],
  };
}
