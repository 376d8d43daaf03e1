/** Critical loses its fence as it asks for more than there is, and has it again some time after it asks for less. */
import assert from 'node:assert/strict';
import type { LabAgent } from '../../guest/agent.ts';
import { status } from '../../guest/checks.ts';
import type { LabNode, LabPod } from '../../guest/node.ts';
import { until } from '../../guest/until.ts';
import type { Samples } from './samples.ts';
import { lastMoved, settled, workersOf } from './settled.ts';

export const CRITICAL = 'critical';
const FITS = 500;
const TOO_MUCH = 64_000;
/** The agent's hold, and a little. */
const FENCED_AGAIN_MS = 90_000;
/** The fence has gone by then; the agent, which writes to its Node once in 24 s after 30 writes, may say so that late. */
const DEMOTED_MS = 30_000;

export async function demote(node: LabNode, agent: LabAgent, samples: Samples): Promise<void> {
  const asked = process.hrtime.bigint();
  node.resizePod(CRITICAL, TOO_MUCH);
  samples.add('too large a request → last thread without its fence', await inLayer(node, 'critical', asked));
  await status(node, agent, 'enforcing: critical demoted', DEMOTED_MS);
  node.resizePod(CRITICAL, FITS);
}

/** What keeps CPUs busy only makes the wait longer. */
export async function fencedAgain(node: LabNode, agent: LabAgent): Promise<void> {
  const busy = [...node.pods.values()].filter(({ name }) => name !== CRITICAL);
  for (const pod of busy) node.freeze(pod, true);
  await until(
    'Critical is fenced again',
    () => node.api.annotation('agent-status') === 'enforcing',
    FENCED_AGAIN_MS,
    () => agent.log.slice(-5).join('\n'),
  );
  await inLayer(node, 'critical-fenced', process.hrtime.bigint());
  for (const pod of busy) node.freeze(pod, false);
}

async function inLayer(node: LabNode, layer: string, since: bigint): Promise<number> {
  const pod: LabPod = node.pods.get(CRITICAL) ?? assert.fail('no Critical pod');
  return lastMoved(await settled(workersOf(pod.loads), [layer]), since);
}
