import type { LabContainer, LabPod } from './pod.ts';

/** What the lab's kubelet knows of a container. */
export type ContainerState =
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string }
  | { readonly kind: 'running'; readonly startedAt: string; readonly ready: boolean }
  | {
      readonly kind: 'terminated';
      readonly exitCode: number;
      readonly startedAt: string;
      readonly finishedAt: string;
      readonly message?: string;
    };

export interface KnownPod {
  readonly pod: LabPod;
  readonly podIp: string;
  readonly hostIp: string;
  readonly startTime: string;
  /** Of every container, init containers included, by name. */
  readonly states: ReadonlyMap<string, ContainerState>;
  readonly restarts: ReadonlyMap<string, number>;
  /** How each that has been started again ended before. */
  readonly lastEnds: ReadonlyMap<string, ContainerState>;
}

const WAITING: ContainerState = { kind: 'waiting', reason: 'PodInitializing' };

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime: string;
}

export interface PodStatus {
  readonly conditions: readonly Condition[];
  readonly [field: string]: unknown;
}

/**
 * The pod's status as kubelet writes it.
 *
 * @param now RFC 3339
 * @param before what was written the last time: how long a pod has been ready is what rollouts go by
 */
export function statusOf(known: KnownPod, now: string, before?: PodStatus): PodStatus {
  const { pod, podIp, hostIp, startTime } = known;
  const stateOf = ({ name }: LabContainer): ContainerState => known.states.get(name) ?? WAITING;
  const { containers, initContainers, restartPolicy } = pod.spec;
  const sidecars = initContainers.filter((one) => one.restartPolicy === 'Always');
  const once = initContainers.filter((one) => one.restartPolicy === undefined);
  const isDone = (one: LabContainer): boolean => isSuccess(stateOf(one));
  const runs = (one: LabContainer): boolean => stateOf(one).kind === 'running';
  const initialized = once.every(isDone) && sidecars.every((one) => stateOf(one).kind !== 'waiting');
  const ready = [...containers, ...sidecars].every((one) => isReady(stateOf(one)));
  const condition = (type: string, holds: boolean): Condition => {
    const status = holds ? 'True' : 'False';
    const same = before?.conditions.find((one) => one.type === type && one.status === status);
    return { type, status, lastTransitionTime: same?.lastTransitionTime ?? now };
  };
  const isStarted = containers.some((one) => stateOf(one).kind !== 'waiting' || known.lastEnds.has(one.name));
  const states = containers.map(stateOf);
  return {
    phase: phaseOf(states, restartPolicy, isStarted),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    podIP: podIp,
    podIPs: [{ ip: podIp }],
    startTime,
    conditions: [
      condition('PodReadyToStartContainers', true),
      condition('Initialized', initialized),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    containerStatuses: containers.map((one) => containerStatus(one, stateOf(one), known, runs(one))),
    initContainerStatuses: initContainers.map((one) => containerStatus(one, stateOf(one), known, runs(one))),
  };
}

function phaseOf(states: readonly ContainerState[], restartPolicy: string, isStarted: boolean): string {
  if (restartPolicy !== 'Always' && states.every(({ kind }) => kind === 'terminated')) {
    if (states.every(isSuccess)) return 'Succeeded';
    if (restartPolicy === 'Never') return 'Failed';
  }
  return isStarted ? 'Running' : 'Pending';
}

const isSuccess = (state: ContainerState): boolean => state.kind === 'terminated' && state.exitCode === 0;
const isReady = (state: ContainerState): boolean => state.kind === 'running' && state.ready;

function containerStatus(one: LabContainer, state: ContainerState, known: KnownPod, runs: boolean): object {
  const { name, image, resources = {} } = one;
  const lastEnd = known.lastEnds.get(name);
  return {
    name,
    image,
    imageID: '',
    resources,
    ready: isReady(state),
    started: runs,
    restartCount: known.restarts.get(name) ?? 0,
    state: shown(state),
    lastState: lastEnd === undefined ? {} : shown(lastEnd),
  };
}

function shown(state: ContainerState): object {
  switch (state.kind) {
    case 'waiting':
      return { waiting: { reason: state.reason, ...(state.message !== undefined && { message: state.message }) } };
    case 'running':
      return { running: { startedAt: state.startedAt } };
    case 'terminated': {
      const { kind: _kind, ...rest } = state;
      return { terminated: { reason: state.exitCode === 0 ? 'Completed' : 'Error', ...rest } };
    }
  }
}
