import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAFE_MODE_REQUESTED } from '../../src/model/keys.ts';
import { OWNER_FILE } from '../../test/double/play-kernel.ts';
import { NODES } from '../../test/standin/api/resources.ts';
import { tooManyFor } from './critical-pods.ts';
import { drain, placePinned, removePinned } from './pods.ts';
import { enforcing, measure, NotSeen, type Stage, says, stock } from './stage.ts';

/** A part of the scene; it begins and ends with the node enforcing. */
export type Act = (stage: Stage) => Promise<void>;

/** The pod that is to be protected throughout. */
export const protectedPod = (node: string): string => `protected-${node}`;

/** Empties the node, so that there is nothing to protect, and then has something to protect. */
export const attach: Act = async (stage) => {
  const { cluster, agent } = stage;
  const node = agent.node.name;
  drain(cluster, node);
  const idle = says(stage, 'observing', (status) => status === 'observing: nothing to protect');
  if (!(await idle.seen())) throw new NotSeen(`${node} was drained and its agent does not say so`);
  const pod = { names: [protectedPod(node)], priorityClassName: 'temper-high', milli: 500 };
  await measure(stage, 'a High pod is bound', () => placePinned(cluster, node, pod), [enforcing(stage, 'enforcing')]);
};

/** Critical pods beyond what can be fenced, and away with them. */
export const demotion: Act = async (stage) => {
  const { cluster, agent } = stage;
  const { count, milli } = tooManyFor(agent.node);
  const names = Array.from({ length: count }, (_, index) => `too-many-${agent.node.name}-${index + 1}`);
  const pods = { names, priorityClassName: 'temper-critical', milli };
  const demoted = (status: string): boolean => status.startsWith('enforcing: critical demoted: ');
  await measure(
    stage,
    `${count} Critical pods of ${milli}m are bound, whose fence does not fit`,
    () => placePinned(cluster, agent.node.name, pods),
    [enforcing(stage, 'enforcing, Critical demoted', demoted)],
  );
  await measure(stage, 'they are deleted', () => removePinned(cluster, names), [
    enforcing(stage, 'enforcing, none demoted'),
  ]);
};

/** The scheduler's process is killed, as by a person or for want of memory. */
export const recovery: Act = async (stage) => {
  const pid = Number(readFileSync(join(stage.agent.process.host.paths.sys, OWNER_FILE), 'utf8'));
  const kill = (): void => {
    process.kill(pid, 'SIGKILL');
  };
  await measure(stage, 'SIGKILL to the scheduler', kill, [stock(stage), enforcing(stage, 'enforcing again')]);
};

/** The one annotation that takes a node back, and its removal. */
export const safeMode: Act = async (stage) => {
  const { api } = stage.cluster;
  const { name } = stage.agent.node;
  const ask = (value: 'true' | null) => (): void => {
    api.patch(NODES, { name, patch: { metadata: { annotations: { [SAFE_MODE_REQUESTED]: value } } } });
  };
  await measure(stage, 'the Node is annotated with safe mode', ask('true'), [
    stock(stage),
    says(stage, 'says so', (status) => status.startsWith('safe-mode')),
  ]);
  await measure(stage, 'the annotation is removed', ask(null), [enforcing(stage, 'enforcing again')]);
};
