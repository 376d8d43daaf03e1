import { TemperError } from '../../src/model/errors.ts';
import { roomBeside, roomForTwo } from '../gate/room-for-two.ts';
import type { HostPaths } from '../host/paths.ts';
import { alone } from '../ownership/alone.ts';
import { createWaitingScheduler } from '../ownership/create-newcomer.ts';
import { joinQueue } from '../ownership/create-ownership.ts';
import { createOwnedScheduler, type OwnedScheduler } from '../ownership/owned-scheduler.ts';
import type { Ownership } from '../ownership/ownership.ts';
import type { BinaryProbe } from '../probe.ts';
import { realChildren } from '../scheduler/children.ts';
import { kernelOf } from '../scheduler/kernel.ts';
import { DEFAULT_POLICY } from '../scheduler/policy.ts';
import type { SchedulerObserver, VerifyLayers } from '../scheduler/ports.ts';
import { createRealScheduler } from '../scheduler/real-scheduler.ts';
import type { AgentDeps } from './agent.ts';

export interface NodeSchedulerOptions {
  readonly deps: Pick<AgentDeps, 'config' | 'clock' | 'random' | 'logger'>;
  readonly paths: HostPaths;
  readonly kconfig: string | null;
  readonly searchPath: string;
  readonly probe: BinaryProbe;
  readonly verifyLayers: VerifyLayers;
  readonly observer: SchedulerObserver;
}

export interface NodeScheduler {
  readonly ownership: Ownership;
  readonly scheduler: OwnedScheduler;
}

/** The node's scheduler, ours at once or when the agents before us have gone. */
export async function createNodeScheduler(options: NodeSchedulerOptions): Promise<NodeScheduler> {
  const { deps, paths, kconfig, searchPath, probe, verifyLayers, observer } = options;
  const { config, clock, random, logger } = deps;
  const policy = {
    startMs: config['scheduler.startTimeoutMs'],
    debounce: { quietMs: config['scheduler.debounceMs'], maxMs: 4 * config['scheduler.debounceMs'] },
  };
  const program = [config['scheduler.binary']];
  const child = { clock, program, kconfig, environment: { PATH: searchPath } };
  const queue = await joinQueue(paths, clock).catch((error: Error) => {
    const problem = new TemperError('TMP3160', error.message, { cause: error });
    logger.warn({ error: problem.id, remedy: problem.remedy }, problem.message);
    return null;
  });
  const ownership = queue ?? alone();
  const files = queue?.files ?? paths.run;
  const scheduler = createOwnedScheduler({
    ownership,
    now: clock.now,
    waiting: (changed) =>
      createWaitingScheduler({
        clock,
        random,
        children: realChildren({ ...child, paths: { ...paths, run: files } }),
        kernel: kernelOf(paths),
        canStandBy: probe.version === null ? null : probe.canStandBy,
        room: roomBeside(paths),
        policy: { ...DEFAULT_POLICY, ...policy },
        exited: observer.exited,
        changed,
      }),
    supervise: (heir) =>
      createRealScheduler({
        ...child,
        paths,
        verifyLayers,
        observer,
        ...(probe.canStandBy && { room: roomForTwo(paths) }),
        policy,
        ...(heir !== undefined && { heir }),
      }),
  });
  logQueue(ownership, probe, logger);
  return { ownership, scheduler };
}

function logQueue(ownership: Ownership, { canStandBy }: BinaryProbe, logger: AgentDeps['logger']): void {
  let said = ownership.stage;
  if (said === 'waits') {
    const how = canStandBy ? 'waits for its end' : 'waits for its end, to start then: its scheduler cannot stand by';
    logger.info({ ahead: ownership.ahead }, `another agent has the node: ${how}`);
  }
  ownership.subscribe(() => {
    if (ownership.stage === said) return;
    said = ownership.stage;
    if (said === 'owns') logger.info({ wasHandedOver: ownership.wasHandedOver }, 'the node is ours');
  });
}
